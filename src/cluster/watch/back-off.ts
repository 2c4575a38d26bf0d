import { ApiError } from "./errors.ts";

/** How long to wait before the next attempt; all in milliseconds. */
export interface BackOff {
  /** After the first failure. */
  readonly firstMs: number;
  /** After any number of them. */
  readonly longestMs: number;
  /** What the API server may ask for at most (Retry-After). */
  readonly longestRetryAfterMs: number;
}

/** How far apart those are that were told to come back at one time, in parts of that time. */
const RETRY_SPREAD = 0.25;

/**
 * Milliseconds to wait after `failures` failures in a row (one or more), the last of them `error`: it doubles each
 * time, between half and the whole of it at random, and is no shorter than what the API server asks for.
 */
export const waitMs = (failures: number, error: unknown, random: () => number, backOff: BackOff): number => {
  const ceiling = Math.min(backOff.longestMs, backOff.firstMs * 2 ** (failures - 1));
  const own = ceiling * (0.5 + random() / 2);
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(own, Math.min(asked, backOff.longestRetryAfterMs) * (1 + random() * RETRY_SPREAD));
};
