import { barsOf } from "./bars.ts";
import type { Load } from "./load/run-load.ts";
import type { Results } from "./results.ts";

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return [line(head), ...rows.map(line)].join("\n");
};

const loadCells = ({ rps, p50Ms, p99Ms }: Load): readonly string[] => [
  rps.toFixed(0),
  p50Ms.toFixed(2),
  p99Ms.toFixed(2),
];

const percent = (share: number): string => `${(share * 100).toFixed(0)}%`;

/** The results for people, with the bars that they were held to. */
export const resultsText = (results: Results): string => {
  const requests = table(
    [
      "request",
      "pods",
      "ratio",
      "reviews/s",
      "p50 ms",
      "p99 ms",
      "no-op/s",
      "p50 ms",
      "p99 ms",
      "sender busy",
      "no-op's",
    ],
    results.requests.map((row) => [
      row.name,
      String(row.pods),
      row.ratio.toFixed(2),
      ...loadCells(row),
      ...loadCells(row.floor),
      percent(row.busy),
      percent(row.floor.busy),
    ]),
  );
  const build = table(
    ["build", "pods", "seconds", "MiB", "MiB before gc", "list pause ms", "events/s"],
    results.build.map((row) => [
      "cluster",
      String(row.pods),
      row.seconds.toFixed(2),
      row.residentMiB.toFixed(0),
      row.uncollectedMiB.toFixed(0),
      row.longestPauseMs.toFixed(1),
      row.eventsPerSecond.toFixed(0),
    ]),
  );
  const bars = barsOf(results).map(
    ({ promise, measured, met }) => `${met ? "met   " : "MISSED"} ${promise}: ${measured}`,
  );
  return [requests, build, bars.join("\n")].join("\n\n");
};
