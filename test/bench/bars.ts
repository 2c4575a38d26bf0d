import { REQUEST_KINDS } from "./load/request-kinds.ts";
import type { RequestRow, Results } from "./results.ts";

/** One thing that is promised, with what was measured. */
export interface Bar {
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
}

const atLeast = (promise: string, measured: number, bar: number): Bar => ({
  promise: `${promise} ≥ ${String(bar)}`,
  measured: measured.toFixed(2),
  met: measured >= bar,
});

const atMost = (promise: string, measured: number, bar: number, digits = 1): Bar => ({
  promise: `${promise} ≤ ${String(bar)}`,
  measured: measured.toFixed(digits),
  met: measured <= bar,
});

const knownClass = (row: RequestRow): readonly Bar[] =>
  row.name === "pod-known-class"
    ? [atLeast(`${row.name}, ${String(row.pods)} pods: ratio to the no-op`, row.ratio, 0.8)]
    : [];

const policies = (row: RequestRow): readonly Bar[] =>
  row.name === "networkpolicy" && row.pods === 10_000
    ? [atLeast(`${row.name}, 10000 pods: ratio to the no-op`, row.ratio, 0.5)]
    : [];

const tail = (row: RequestRow): readonly Bar[] =>
  row.pods === 100_000
    ? [atMost(`${row.name}, 100000 pods: p99 as a multiple of the no-op's`, row.p99Ms / row.floor.p99Ms, 5, 2)]
    : [];

/** By the ratios, so that a machine that became busier meanwhile does not count as growth. */
const growth = (rows: readonly RequestRow[]): readonly Bar[] =>
  REQUEST_KINDS.flatMap((kind) => {
    const at = (pods: number): RequestRow | undefined => rows.find((row) => row.name === kind && row.pods === pods);
    const [small, large] = [at(1000), at(100_000)];
    return small && large
      ? [atMost(`${kind}: times slower with 100000 pods than with 1000`, small.ratio / large.ratio, 1.5, 2)]
      : [];
  });

/** Every bar that the sizes of this run can be held to. */
export const barsOf = ({ requests, build }: Results): readonly Bar[] => [
  ...requests.flatMap(knownClass),
  ...requests.flatMap(policies),
  ...growth(requests),
  ...requests.flatMap(tail),
  ...build.flatMap(({ pods, seconds, residentMiB, longestPauseMs }) => [
    ...(pods === 100_000
      ? [atMost("100000 pods: seconds to build", seconds, 10), atMost("100000 pods: MiB resident", residentMiB, 600, 0)]
      : []),
    atMost(`${String(pods)} pods: longest pause of a list, ms`, longestPauseMs, 50),
  ]),
];
