import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "pino";
import type { DecodableKind } from "../dialects/dialect.ts";
import { KINDS } from "../dialects/index.ts";
import { ClusterIndex } from "../engine/cluster-index.ts";
import type { StateSource } from "../guard/state-source.ts";
import { GuardError } from "../model/errors.ts";
import { refText, type ObjectRef } from "../model/objects.ts";
import { cacheFigures, counted, type CacheFigures } from "./cache-figures.ts";
import { FailureLog } from "./failure-log.ts";
import { followKind } from "./followed-kind.ts";
import { ChangeFeed } from "./change-feed.ts";
import { followForeign } from "./foreign/follow.ts";
import { logUnsupported } from "./foreign/log.ts";
import { LiveReader } from "./live-reader.ts";
import { projectWatched } from "./project-watched.ts";
import { readObject } from "./read-object.ts";
import { notReady } from "./readiness.ts";
import { collectionPath } from "./resource-path.ts";
import { systemClock } from "./watch/clock.ts";
import { SilenceError } from "./watch/errors.ts";
import { WatchedObjects } from "./watched-objects.ts";
import { within } from "./within.ts";

/** Which cluster is watched. */
export interface WatchedSourceOptions {
  readonly config: KubeConfig;
  readonly log: Logger;
}

/** A state that is watched, and how that goes. */
export interface WatchedSource extends StateSource {
  readonly figures: () => CacheFigures;
}

/** How often is looked for watches that are silent, and for admitted writes that nobody saw. */
const TICK_MS = 1000;

/** A denial rests on the objects of its witness; what rests on more cannot be confirmed in the time of a review. */
const MOST_CONFIRMED = 64;

const kindOf = (ref: ObjectRef): DecodableKind => {
  const found = KINDS.find(({ kind }) => kind === ref.kind);
  if (found === undefined) throw new GuardError(`${refText(ref)} cannot be read: its kind is not followed`);
  return found;
};

/**
 * Follows a cluster through its API server. Resolves at once; `notReady` says what the first lists still lack, and they
 * are tried for as long as it takes.
 */
export const watchedSource = ({ log, config: kubeConfig }: WatchedSourceOptions): WatchedSource => {
  const index = new ClusterIndex();
  const objects = new WatchedObjects(index);
  const feed = new ChangeFeed(index);
  const clock = systemClock;
  const reader = new LiveReader(kubeConfig, clock);
  const project = (raw: unknown): ReturnType<typeof projectWatched> => projectWatched(raw, log);
  const failures = new FailureLog(log, () => clock.now());
  const confirmations = { same: 0, changed: 0, failed: 0 };
  const stopping = new AbortController();
  const bounds = { clock, stop: stopping.signal };
  const kinds = KINDS.map((kind) => {
    const followed = followKind(kind, {
      kubeConfig,
      objects,
      feed,
      reader,
      project,
      clock,
      onError: (error) => {
        const message = followed.status().synced ? "watch failed" : "the cluster cannot be read yet, trying again";
        // A cluster in which nothing happens is no trouble.
        failures.failed(error instanceof SilenceError ? "info" : "warn", collectionPath(kind), error.message, message);
      },
    });
    return followed;
  });
  const foreign = followForeign(kubeConfig, (languages) => {
    logUnsupported(log, languages);
  });
  const timer = setInterval(() => {
    objects.expire();
    for (const { tick } of kinds) tick();
  }, TICK_MS);
  return {
    index,
    firstSync: async () => {
      await Promise.all([...kinds.map(({ firstSync }) => firstSync()), foreign.firstLook()]);
    },
    notReady: () => {
      const { misread } = objects;
      const statuses = kinds.map(({ status }) => status());
      return (
        notReady(statuses, clock.now()) ??
        (foreign.looked ? undefined : "policies of other languages have not been looked for yet") ??
        (misread === undefined ? undefined : `an object of the cluster is not understood: ${misread}`)
      );
    },
    admitted: ({ operation, ref, type, object, dryRun }, replaces) => {
      // A pod or namespace that is being deleted goes on for its grace period.
      if (dryRun || (object === undefined && (type !== "policy" || operation !== "DELETE"))) return;
      objects.admit(ref, type, object, replaces);
    },
    shown: () => objects.shown(),
    unsupported: () => foreign.languages(),
    follow: (follower) => {
      feed.follow(follower);
    },
    judgeAll: (judge) => {
      const verdict = judge();
      if (verdict.kind !== "allow" || !objects.inDoubt) return verdict;
      const without = objects.withoutDoubtful(judge);
      return without.kind === "allow" ? verdict : without;
    },
    figures: () => cacheFigures(kinds, objects, confirmations, clock.now()),
    confirm: counted(confirmations, async (refs, deadlineMs) => {
      if (refs.length > MOST_CONFIRMED)
        throw new GuardError(
          `the answer rests on ${String(refs.length)} objects, and no more than ${String(MOST_CONFIRMED)} are read again`,
        );
      const stamps = refs.map((ref) => objects.stamp(ref));
      const late = `the objects that the answer rests on were not read again within ${String(deadlineMs)} ms`;
      await within(bounds, deadlineMs, late, async (signal) => {
        const read = async (ref: ObjectRef): Promise<void> => {
          objects.read(await readObject(reader, kindOf(ref), ref, project, signal));
        };
        await Promise.all(refs.map(read));
      });
      return refs.some((ref, at) => objects.stamp(ref) !== stamps[at]);
    }),
    caughtUp: async (deadlineMs) => {
      const late = `the state of the cluster was not seen to be up to date within ${String(deadlineMs)} ms`;
      await within(bounds, deadlineMs, late, async (signal) => {
        await Promise.all(kinds.map(({ caughtUp }) => caughtUp(signal)));
      });
    },
    stop: async () => {
      clearInterval(timer);
      stopping.abort(new GuardError("the cluster is not followed any more"));
      reader.stop();
      await Promise.all([...kinds.map(({ stop }) => stop()), foreign.stop()]);
    },
  };
};
