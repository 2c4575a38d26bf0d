import { type BackOff, waitMs } from "./back-off.ts";
import type { Clock } from "./clock.ts";
import { canResume, ConnectionError, isGone, SilenceError } from "./errors.ts";

/**
 * A first silence can be that of a cluster in which nothing happens: there are no bookmarks for what is not new. After
 * a second only a list can tell, as one is served even where a watch waits for a version that an etcd restored from a
 * backup has yet to reach.
 */
const SILENCES_BEFORE_LIST = 2;

/** What the attempts so far mean for the next one. */
export interface Attempts {
  /** Whether the next one is to begin with a list. */
  readonly needsList: boolean;
  readonly listed: () => void;
  readonly opened: () => void;
  readonly heard: () => void;
  /** The API server ended the watch in good order: milliseconds to wait; throws ConnectionError when that came too soon. */
  readonly ended: () => number;
  /** The attempt failed: milliseconds to wait. */
  readonly failed: (error: unknown) => number;
}

/** No attempts yet; `random` is from 0 up to but not including 1. */
export const createAttempts = (backOff: BackOff, clock: Clock, random: () => number): Attempts => {
  let needsList = true;
  let failures = 0;
  let silences = 0;
  let openedAt: number | undefined;
  let heard = false;

  const lived = (): number => (openedAt === undefined ? 0 : clock.now() - openedAt);
  // As long as the longest wait: coming back at once is then no more often than backing off would be.
  const steady = (): boolean => openedAt !== undefined && lived() >= backOff.longestMs;

  return {
    get needsList() {
      return needsList;
    },
    listed: () => {
      needsList = false;
      silences = 0;
    },
    opened: () => {
      openedAt = clock.now();
      heard = false;
    },
    heard: () => {
      heard = true;
      silences = 0;
    },
    ended: () => {
      if (!heard && !steady()) throw new ConnectionError("the API server ended the watch before anything came");
      failures = 0;
      const wait = Math.max(0, backOff.firstMs - lived());
      openedAt = undefined;
      return wait;
    },
    failed: (error) => {
      const resumes = canResume(error);
      // An event does not redeem a watch that leads to a list each time: lists are what is expensive.
      if (steady() || (openedAt !== undefined && heard && resumes)) failures = 0;
      openedAt = undefined;
      needsList ||= !resumes;
      if (error instanceof SilenceError) {
        silences += 1;
        needsList ||= silences >= SILENCES_BEFORE_LIST;
        return 0; // the silence was the wait
      }
      failures += 1;
      return isGone(error) && failures === 1 ? 0 : waitMs(failures, error, random, backOff);
    },
  };
};
