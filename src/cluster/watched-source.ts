import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "pino";
import { decodeManifest, KINDS } from "../dialects/index.ts";
import type { DecodableKind } from "../dialects/dialect.ts";
import { asMapping, mappingField, refOf, stringField } from "../dialects/manifest.ts";
import { ClusterIndex } from "../engine/cluster-index.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { DecodeError, GuardError } from "../model/errors.ts";
import { unreadablePolicy } from "../model/unreadable-policy.ts";
import { followForeign } from "./foreign/follow.ts";
import { logUnsupported } from "./foreign/log.ts";
import { ApiError, ConnectionError, SilenceError, type ReflectorError } from "./watch/errors.ts";
import { createReflector } from "./watch/reflector.ts";
import type { Reflector } from "./watch/reflector-state.ts";
import { ChangeFeed } from "./change-feed.ts";
import { WatchedObjects, type VersionedObject } from "./watched-objects.ts";

/** Which cluster is watched. */
export interface WatchedSourceOptions {
  readonly config: KubeConfig;
  readonly log: Logger;
}

/** How often admitted writes that nobody saw are looked for. */
const EXPIRE_EVERY_MS = 5000;

const collectionPath = ({ group, version, resource }: DecodableKind): string =>
  group === "" ? `/api/${version}/${resource}` : `/apis/${group}/${version}/${resource}`;

/** A watched object cannot be sent back: a policy that is not understood stays as one that makes answers undecided. */
const decodeWatched = (raw: unknown, log: Logger): ClusterObject | undefined => {
  try {
    return decodeManifest(raw);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const ref = refOf(asMapping(raw, ""), true);
    log.warn({ object: ref, cause: cause.message }, "object not understood");
    return ref.kind === "NetworkPolicy"
      ? { type: "policy", ref, policy: unreadablePolicy(ref, cause.message) }
      : undefined;
  }
};

const resourceVersionOf = (raw: unknown): string =>
  stringField(mappingField(asMapping(raw, ""), "metadata", ""), "resourceVersion", "metadata") ?? "";

/** Answers at the first list that another attempt will not change: the address, the credentials or the rights are wrong. */
const isFinal = (error: ReflectorError): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && [401, 403, 404].includes(error.code));

const reflect = (
  config: KubeConfig,
  kind: DecodableKind,
  objects: WatchedObjects,
  feed: ChangeFeed,
  log: Logger,
  onError: (error: ReflectorError) => void,
): Reflector =>
  createReflector<VersionedObject>(
    config,
    {
      path: collectionPath(kind),
      project: (raw) => {
        const object = decodeWatched(raw, log);
        return object && { object, resourceVersion: resourceVersionOf(raw) };
      },
    },
    {
      replace: async (items) => {
        await objects.replace(kind.kind, kind.type, items);
        feed.relisted();
      },
      upsert: (item) => {
        feed.apply(item.object.ref, kind.type, () => {
          objects.observe(item);
        });
      },
      remove: ({ kind: name, namespace, name: own }) => {
        const ref = { kind: name, namespace, name: own };
        feed.apply(ref, kind.type, () => {
          objects.forget(ref, kind.type);
        });
      },
      progress: () => undefined,
    },
    { onError },
  );

/** A watch that was silent for so long has stalled: bookmarks come every minute, and the reflector tries anew after 75 s. */
export const STALLED_MS = 90_000;

/** Why what these reflectors follow cannot be relied on now; undefined if it can. */
export const notReady = (
  reflectors: readonly Pick<Reflector, "synced" | "lastEventAt" | "state">[],
  now: number,
): string | undefined => {
  const trouble = (reflector: (typeof reflectors)[number]): string => reflector.state().error ?? reflector.state().path;
  const missing = reflectors.filter(({ synced }) => !synced);
  if (missing.length > 0) return `the state of the cluster is not complete yet: ${missing.map(trouble).join("; ")}`;
  const silent = reflectors.filter(({ lastEventAt }) => now - lastEventAt > STALLED_MS);
  if (silent.length > 0)
    return `nothing was heard of the cluster for ${String(STALLED_MS / 1000)} seconds: ${silent.map(trouble).join("; ")}`;
  return undefined;
};

/** Follows a cluster through its API server. Resolves at once; `notReady` says what the first lists still lack. */
export const watchedSource = (options: WatchedSourceOptions): StateSource => {
  const { config } = options;
  const index = new ClusterIndex();
  const objects = new WatchedObjects(index);
  const feed = new ChangeFeed(index);
  const refused = Promise.withResolvers<never>();
  const reflectors: readonly Reflector[] = KINDS.map((kind) =>
    reflect(config, kind, objects, feed, options.log, (error) => {
      // A cluster in which nothing happens is no trouble.
      const level = error instanceof SilenceError ? "info" : "warn";
      options.log[level]({ path: collectionPath(kind), cause: error.message }, "watch failed");
      if (isFinal(error)) refused.reject(new GuardError(error.message, { cause: error }));
    }),
  );
  refused.promise.catch(() => undefined);
  for (const reflector of reflectors) reflector.start();
  const foreign = followForeign(config, (languages) => {
    logUnsupported(options.log, languages);
  });
  const timer = setInterval(() => {
    objects.expire();
  }, EXPIRE_EVERY_MS);
  return {
    index,
    unsupported: () => foreign.languages(),
    firstSync: async () => {
      const lists = reflectors.map((reflector) => reflector.waitForSync());
      await Promise.race([Promise.all([...lists, foreign.firstLook()]), refused.promise]);
    },
    notReady: () =>
      notReady(reflectors, performance.now()) ??
      (foreign.looked ? undefined : "policies of other languages have not been looked for yet"),
    admitted: ({ operation, ref, type, object, dryRun }, replaces) => {
      // A pod or namespace that is being deleted goes on for its grace period.
      if (dryRun || (object === undefined && (type !== "policy" || operation !== "DELETE"))) return;
      objects.admit(ref, type, object, replaces);
    },
    shown: () => objects.shown(),
    confirm: () => Promise.resolve(false),
    caughtUp: () => Promise.resolve(),
    follow: (follower) => {
      feed.follow(follower);
    },
    judgeAll: (judge) => {
      const verdict = judge();
      if (verdict.kind !== "allow" || !objects.inDoubt) return verdict;
      const without = objects.withoutDoubtful(judge);
      return without.kind === "allow" ? verdict : without;
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all([...reflectors, foreign].map((follower) => follower.stop()));
    },
  };
};
