import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  boundariesUpTo,
  intersectIntervals,
  intervalPairs,
  intervalsContain,
  intervalsEqual,
  subtractIntervals,
  unionIntervals,
  type Intervals,
} from "../../src/model/intervals.ts";
import { runs } from "./runs.ts";

/** So many integers, from 0 on, make the domain; a set of them is a bit mask. */
const DOMAIN = 12;
const masks = fc.integer({ min: 0, max: 2 ** DOMAIN - 1 });
const values = Array.from({ length: DOMAIN }, (_, value) => value);

const has = (mask: number, value: number): boolean => ((mask >> value) & 1) === 1;

/** The one form that a set has: sorted, disjoint, not adjacent. */
const intervalsOf = (mask: number): readonly number[] =>
  [...values, DOMAIN].filter((value) => has(mask, value) !== has(mask, value - 1) && (value > 0 || has(mask, 0)));

type Convert<T extends number | bigint> = (numbers: readonly number[]) => Intervals<T>;

const laws = <T extends number | bigint>(name: string, convert: Convert<T>, one: (value: number) => T): void => {
  describe(name, () => {
    it("union, intersection and difference are those of sets, in their one form", () => {
      fc.assert(
        fc.property(masks, masks, (a, b) => {
          const [left, right] = [convert(intervalsOf(a)), convert(intervalsOf(b))];
          expect(unionIntervals(left, right)).toEqual(convert(intervalsOf(a | b)));
          expect(intersectIntervals(left, right)).toEqual(convert(intervalsOf(a & b)));
          expect(subtractIntervals(left, right)).toEqual(convert(intervalsOf(a & ~b)));
          expect(intervalsEqual(left, right)).toBe(a === b);
        }),
        runs(500),
      );
    });

    it("membership, bounds and pairs agree with the set", () => {
      fc.assert(
        fc.property(masks, (mask) => {
          const set = convert(intervalsOf(mask));
          const inside = values.filter((value) => intervalsContain(set, one(value)));
          expect(inside).toEqual(values.filter((value) => has(mask, value)));
          for (const value of values)
            expect(boundariesUpTo(set, one(value))).toBe(set.filter((bound) => bound <= one(value)).length);
          const listed = intervalPairs(set).flatMap(([lo, hi]) => values.filter((v) => one(v) >= lo && one(v) < hi));
          expect(listed).toEqual(inside);
        }),
        runs(300),
      );
    });
  });
};

laws(
  "intervals of numbers",
  (numbers) => numbers,
  (value) => value,
);
laws(
  "intervals of bigints",
  (numbers) => numbers.map((number) => BigInt(number) << 100n),
  (value) => BigInt(value) << 100n,
);
