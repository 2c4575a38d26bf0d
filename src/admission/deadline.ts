import { GuardError } from "../model/errors.ts";

/** What a review may take when the API server names no time; its own default. */
const CONFIGURED_MS = 10_000;
/** Left for the answer's way back. */
const MARGIN_MS = 500;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);

/** The budget in milliseconds for `?timeout=` as the API server sends it (a Go duration such as `10s`). */
export const budgetOf = (timeout: unknown): number => {
  const [, count, unit = ""] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m)$/.exec(typeof timeout === "string" ? timeout : "") ?? [];
  const given = count === undefined ? CONFIGURED_MS : Number(count) * (UNIT_MS.get(unit) ?? 1000);
  return Math.max(0, Math.min(given, CONFIGURED_MS) - MARGIN_MS);
};

/** The time that a review may take. */
export interface Deadline {
  /** Throws GuardError once it is used up; cheap enough to be called for every pair. */
  readonly tick: () => void;
  /** What is left of it, in milliseconds. */
  readonly leftMs: () => number;
  /** What it has taken so far, in milliseconds. */
  readonly usedMs: () => number;
}

/** The time for a review with this `?timeout=`, which begins now. */
export const deadlineOf = (timeout: unknown, now: () => number = () => performance.now()): Deadline => {
  const start = now();
  const end = start + budgetOf(timeout);
  return {
    tick: () => {
      if (now() > end) throw new GuardError("the time for this review was over before it was judged");
    },
    leftMs: () => Math.max(0, end - now()),
    usedMs: () => now() - start,
  };
};
