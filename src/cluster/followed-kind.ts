import type { KubeConfig } from "@kubernetes/client-node";
import type { DecodableKind } from "../dialects/dialect.ts";
import type { LiveReader } from "./live-reader.ts";
import type { KindStatus } from "./readiness.ts";
import { collectionPath, narrowPath } from "./resource-path.ts";
import { SecondLooks } from "./second-looks.ts";
import type { Clock } from "./watch/clock.ts";
import type { ReflectorError } from "./watch/errors.ts";
import { createReflector } from "./watch/reflector.ts";
import type { ReflectorSink } from "./watch/watched-resource.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { refOfItem, type MisreadObject, type VersionedObject, type WatchedObjects } from "./watched-objects.ts";

type Item = VersionedObject | MisreadObject;

/** With what a kind is followed. */
export interface Following {
  readonly kubeConfig: KubeConfig;
  readonly objects: WatchedObjects;
  readonly feed: ChangeFeed;
  readonly reader: LiveReader;
  readonly project: (raw: unknown) => Item | undefined;
  readonly clock: Clock;
  readonly onError: (error: ReflectorError) => void;
}

/** One kind of objects that is followed: by its watch, and by second looks. */
export interface FollowedKind {
  readonly status: () => KindStatus;
  /** To be called about once a second. */
  readonly tick: () => void;
  /** Resolves when the first list is complete; rejects with GuardError when it is stopped before. */
  readonly firstSync: () => Promise<void>;
  /** Resolves when all is held that the API server had when this was called; rejects with the reason of `signal`, or with why it cannot be told. */
  readonly caughtUp: (signal: AbortSignal) => Promise<void>;
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>;
}

/** Follows a kind of objects from now on. */
export const followKind = (
  kind: DecodableKind,
  { kubeConfig, objects, feed, reader, project, clock, onError }: Following,
): FollowedKind => {
  const stopping = new AbortController();
  const resource = { path: collectionPath(kind), project };
  const sink: ReflectorSink<Item> = {
    replace: async (items, resourceVersion) => {
      await objects.replace(kind.kind, kind.type, items, resourceVersion);
      looks.handedOver();
      feed.relisted();
    },
    upsert: (item) => {
      feed.apply(refOfItem(item), kind.type, () => {
        objects.observe(item);
      });
    },
    remove: ({ kind: name, namespace, name: own }, resourceVersion) => {
      const ref = { kind: name, namespace, name: own };
      feed.apply(ref, kind.type, () => {
        objects.forget(ref, kind.type, resourceVersion);
      });
    },
    progress: (resourceVersion) => {
      objects.reach(kind.kind, resourceVersion);
      looks.handedOver();
    },
  };
  const reflector = createReflector(kubeConfig, resource, sink, { onError, clock });
  const looks = new SecondLooks<Item>({
    kubeConfig,
    clock,
    stop: stopping.signal,
    resource,
    narrowPath: narrowPath(kind),
    sink,
    reflector,
    reader,
    reached: () => objects.reached(kind.kind),
    hasReached: (version) => objects.hasReached(kind.kind, version),
  });
  reflector.start();
  return {
    status: () => {
      const { path, synced, lastEventAt, error } = reflector.state();
      const { currentAt, answeredAt } = looks;
      return {
        path,
        synced,
        currentAt: Math.max(lastEventAt, currentAt),
        lastEventAt,
        answeredAt,
        error: synced ? (looks.error ?? error) : error,
      };
    },
    tick: () => {
      looks.tick();
    },
    firstSync: () => reflector.waitForSync(),
    caughtUp: (signal) => looks.caughtUp(signal),
    stop: async () => {
      stopping.abort();
      await Promise.all([reflector.stop(), looks.ended()]);
    },
  };
};
