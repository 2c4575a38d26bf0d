import { describe, expect, it } from "vitest";
import {
  boundariesUpTo,
  intersectIntervals,
  intervalPairs,
  intervalsContain,
  subtractIntervals,
  unionIntervals,
} from "../../../src/model/intervals.ts";

describe("intervals", () => {
  it("that touch become one", () => {
    expect(unionIntervals([1, 3], [3, 5])).toEqual([1, 5]);
    expect(unionIntervals([1, 3], [4, 5])).toEqual([1, 3, 4, 5]);
  });

  it("that only touch share nothing", () => {
    expect(intersectIntervals([1, 3], [3, 5])).toEqual([]);
  });

  it("lose what is cut out of their middle", () => {
    expect(subtractIntervals([1, 9], [3, 5])).toEqual([1, 3, 5, 9]);
    expect(subtractIntervals([1n, 9n], [0n, 10n])).toEqual([]);
  });

  it("hold their first value and not their end", () => {
    expect([0, 1, 2, 3].map((value) => intervalsContain([1, 3], value))).toEqual([false, true, true, false]);
    expect([0, 1, 2, 3].map((value) => boundariesUpTo([1, 3], value))).toEqual([0, 1, 1, 2]);
  });

  it("come in pairs", () => {
    expect(intervalPairs([1, 3, 5, 9])).toEqual([
      [1, 3],
      [5, 9],
    ]);
  });

  it("are the same set where nothing is to be done: most sets are small and shared", () => {
    const set = [1, 2];
    const none: readonly number[] = [];
    for (const made of [unionIntervals(set, none), unionIntervals(none, set), subtractIntervals(set, none)])
      expect(made).toBe(set);
    for (const made of [intersectIntervals(set, none), intersectIntervals(none, set), subtractIntervals(none, set)])
      expect(made).toBe(none);
  });

  it.each([
    ["nothing with", unionIntervals([], [1, 2]), [1, 2]],
    ["with nothing", unionIntervals([1, 2], []), [1, 2]],
    ["shared with nothing", intersectIntervals([1, 2], []), []],
    ["nothing shared", intersectIntervals([], [1, 2]), []],
    ["less nothing", subtractIntervals([1, 2], []), [1, 2]],
    ["nothing less", subtractIntervals([], [1, 2]), []],
  ])("%s", (_, made, expected) => {
    expect(made).toEqual(expected);
  });
});
