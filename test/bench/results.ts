import type { Build } from "./servers/build.ts";
import type { RequestKind } from "./load/request-kinds.ts";
import type { Load } from "./load/run-load.ts";

/** What one run measured of the sender, and of the server. */
export interface Run extends Omit<Load, "answered"> {
  /** Processor time of the server for each review: it tells the same when others use the machine too. */
  readonly cpuMicros: number;
}

/** Requests of one kind at one size, beside the no-op webhook's under the same bodies. */
export interface RequestRow extends Run {
  readonly name: RequestKind;
  readonly pods: number;
  readonly ratio: number;
  /** The mean of what was measured before and after. */
  readonly floor: Run;
}

/** What it takes to hold a cluster. */
export interface BuildRow extends Build {
  readonly pods: number;
  readonly longestPauseMs: number;
  readonly eventsPerSecond: number;
}

/** All that one run measured. */
export interface Results {
  readonly floor: Run;
  readonly requests: readonly RequestRow[];
  readonly build: readonly BuildRow[];
}

/** The mean of runs, number by number. */
export const meanRun = (runs: readonly Run[]): Run => {
  const mean = (of: (run: Run) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    rps: mean(({ rps }) => rps),
    p50Ms: mean(({ p50Ms }) => p50Ms),
    p99Ms: mean(({ p99Ms }) => p99Ms),
    busy: mean(({ busy }) => busy),
    cpuMicros: mean(({ cpuMicros }) => cpuMicros),
  };
};

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const times = ({ rps, p50Ms, p99Ms }: Run) => ({
  rps: rounded(rps, 1),
  p50Ms: rounded(p50Ms, 3),
  p99Ms: rounded(p99Ms, 3),
});

/** The results in the form that other programs read. */
export const resultsJson = ({ floor, requests, build }: Results): string =>
  JSON.stringify({
    floor: times(floor),
    requests: requests.map((row) => ({ name: row.name, pods: row.pods, ...times(row), ratio: rounded(row.ratio, 3) })),
    build: build.map(({ pods, seconds, residentMiB, longestPauseMs, eventsPerSecond }) => ({
      pods,
      seconds: rounded(seconds, 3),
      residentMiB: rounded(residentMiB, 1),
      longestPauseMs: rounded(longestPauseMs, 1),
      eventsPerSecond: Math.round(eventsPerSecond),
    })),
  });
