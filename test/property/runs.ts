import type { Parameters } from "fast-check";

/** Multiplies how often each property is tried: `PROPERTY_RUNS=10` searches further, mutation tests take less. */
const FACTOR = Number(process.env["PROPERTY_RUNS"] ?? "1");

/** The same inputs each time, so that a run fails only for what has changed; `PROPERTY_SEED=7` tries others. */
const SEED = Number(process.env["PROPERTY_SEED"] ?? "1");

/** Settings of a property that is tried about `numRuns` times. */
export const runs = <T>(numRuns: number): Parameters<T> => ({
  numRuns: Math.max(1, Math.ceil(numRuns * FACTOR)),
  seed: SEED,
});
