import type { StateSource } from "../guard/state-source.ts";
import type { FollowedKind } from "./followed-kind.ts";
import type { WatchedObjects } from "./watched-objects.ts";

/** How the reading anew of what denials rest on ended, since the start. */
export interface Confirmations {
  /** Nothing had changed: the denial stood. */
  readonly same: number;
  readonly changed: number;
  readonly failed: number;
}

/** How well a cluster is followed. */
export interface CacheFigures {
  /** Seconds since what is held was last known to be up to date, of the kind for which it is longest; Infinity before the first list. */
  readonly lagSeconds: number;
  /** Seconds since a watch last brought anything, a bookmark too, of the kind for which it is longest. */
  readonly eventAgeSeconds: number;
  /** Writes that were admitted here and that no watch has shown. */
  readonly pendingWrites: number;
  readonly confirmations: Confirmations;
}

/** The figures at `now`, milliseconds of the clock by which the kinds are followed. */
export const cacheFigures = (
  kinds: readonly Pick<FollowedKind, "status">[],
  { pendingCount }: Pick<WatchedObjects, "pendingCount">,
  confirmations: Confirmations,
  now: number,
): CacheFigures => {
  const statuses = kinds.map(({ status }) => status());
  const secondsSince = (times: readonly number[]): number => Math.max(0, now - Math.min(...times)) / 1000;
  return {
    lagSeconds: secondsSince(statuses.map(({ currentAt }) => currentAt)),
    eventAgeSeconds: secondsSince(statuses.map(({ lastEventAt }) => lastEventAt)),
    pendingWrites: pendingCount,
    confirmations: { ...confirmations },
  };
};

/** The same reading, counted by how it ends. */
export const counted =
  (counts: { -readonly [K in keyof Confirmations]: Confirmations[K] }, confirm: StateSource["confirm"]) =>
  async (...asked: Parameters<StateSource["confirm"]>): Promise<boolean> => {
    try {
      const hasChanged = await confirm(...asked);
      counts[hasChanged ? "changed" : "same"] += 1;
      return hasChanged;
    } catch (cause) {
      counts.failed += 1;
      throw cause;
    }
  };
