import type { BackOff } from "./back-off.ts";
import type { Clock } from "./clock.ts";
import type { ReflectorError } from "./errors.ts";
import type { ListSettings } from "./paged-list.ts";

/** The bounds of a reflector. */
export interface ReflectorLimits extends ListSettings {
  /** Milliseconds that an open watch may bring nothing. */
  readonly silenceMs: number;
  /** The shortest and the longest watch that is asked for, in seconds. */
  readonly watchSeconds: readonly [number, number];
  readonly backOff: BackOff;
}

/** What may be set of a reflector; all of it may be left out. */
export interface ReflectorOptions {
  /** Every failed attempt, at once; for a log and metrics. */
  readonly onError?: (error: ReflectorError) => void;
  readonly limits?: Partial<ReflectorLimits>;
  readonly clock?: Clock;
  /** From 0 up to but not including 1. */
  readonly random?: () => number;
}

/** The limits where none are given. */
export const defaultLimits: ReflectorLimits = {
  // client-go's: https://github.com/kubernetes/client-go/blob/v0.36.0/tools/pager/pager.go
  pageSize: 500,
  // The API server may queue a request for 15 s (priority and fairness, a quarter of --request-timeout).
  answerMs: 30_000,
  // Bookmarks come every 60 s; 75 s is how long the API server surely keeps events, so a watch given up then resumes
  // without a list: DefaultEventFreshDuration in https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go
  silenceMs: 75_000,
  // Load balancers often end connections at five or ten minutes; the spread keeps watches from all ending at once.
  watchSeconds: [290, 350],
  backOff: {
    firstMs: 500,
    // Reviews are undecided meanwhile; a dozen resources in three replicas make four requests a second at most.
    longestMs: 10_000,
    // The API server asks for one second, a proxy may ask for an hour.
    longestRetryAfterMs: 30_000,
  },
};
