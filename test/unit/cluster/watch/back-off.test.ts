import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { waitMs } from "../../../../src/cluster/watch/back-off.ts";
import { ApiError } from "../../../../src/cluster/watch/errors.ts";

describe("the wait after a failure", () => {
  const backOff = { firstMs: 500, longestMs: 10_000, longestRetryAfterMs: 30_000 };

  it("doubles, never beyond its bound, with jitter", () => {
    const at = (random: number): readonly number[] =>
      [1, 2, 3, 4, 5, 6, 60, 2000].map((n) => waitMs(n, undefined, () => random, backOff));
    expect(at(0)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    expect(at(0.5)).toEqual([375, 750, 1500, 3000, 6000, 7500, 7500, 7500]);
  });

  it("is no shorter than what the API server asks for, within bounds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(1e8),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, asked, random) => {
          const wait = waitMs(failures, new ApiError("429", 429, asked), () => random, backOff);
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked, backOff.longestRetryAfterMs));
          expect(wait).toBeLessThanOrEqual(backOff.longestRetryAfterMs * 1.25);
        },
      ),
    );
  });
});
