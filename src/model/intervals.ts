/**
 * An exact set of integers as sorted, disjoint, non-adjacent half-open intervals, flat: `[lo0, hi0, lo1, hi1, …]`.
 * One algebra serves ports (0–65535), IPv4 (32 bits, as number) and IPv6 (128 bits, as bigint).
 */
export type Intervals<T extends number | bigint> = readonly T[];

type Combine = (inLeft: boolean, inRight: boolean) => boolean;

/** The set of all values for which `keep` holds, given membership in each side; `keep(false, false)` must be false. */
const combine = <T extends number | bigint>(left: Intervals<T>, right: Intervals<T>, keep: Combine): Intervals<T> => {
  const result: T[] = [];
  let i = 0;
  let j = 0;
  let inside = false;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    const at: T = b === undefined || (a !== undefined && a <= b) ? (a as T) : b;
    if (a === at) i++;
    if (b === at) j++;
    const now = keep(i % 2 === 1, j % 2 === 1);
    if (now !== inside) {
      result.push(at);
      inside = now;
    }
  }
  return result;
};

/** Values in either set. */
export const unionIntervals = <T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> =>
  a.length === 0 ? b : b.length === 0 ? a : combine(a, b, (x, y) => x || y);

/** Values in both sets. */
export const intersectIntervals = <T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> =>
  a.length === 0 ? a : b.length === 0 ? b : combine(a, b, (x, y) => x && y);

/** Values of `a` that are not in `b`. */
export const subtractIntervals = <T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> =>
  a.length === 0 || b.length === 0 ? a : combine(a, b, (x, y) => x && !y);

/** How many boundaries of `set` are at or below `value`; odd means that `value` is inside. */
export const boundariesUpTo = <T extends number | bigint>(set: Intervals<T>, value: T): number => {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = set[middle] as T;
    if (bound <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Whether `value` is in `set`. */
export const intervalsContain = <T extends number | bigint>(set: Intervals<T>, value: T): boolean =>
  boundariesUpTo(set, value) % 2 === 1;

/** Whether both hold the same values. */
export const intervalsEqual = <T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** How many values are in `set`; `zero` is 0 of their type. */
export const sizeOf = <T extends number | bigint>(set: Intervals<T>, zero: T): T => {
  let size = zero as number;
  for (const [index, bound] of (set as Intervals<number>).entries()) size += index % 2 === 1 ? bound : -bound;
  return size as T;
};

/** The `[lo, hi)` pairs in ascending order. */
export const intervalPairs = <T extends number | bigint>(set: Intervals<T>): readonly (readonly [T, T])[] =>
  Array.from({ length: set.length / 2 }, (_, i) => [set[2 * i] as T, set[2 * i + 1] as T]);
