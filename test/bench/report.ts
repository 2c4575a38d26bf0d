import { barsOf } from "./bars.ts";
import type { Results, Run } from "./results.ts";

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return [line(head), ...rows.map(line)].join("\n");
};

const RUN_HEAD = ["p50 ms", "p99 ms", "cpu µs", "sender"];

const runCells = ({ rps, p50Ms, p99Ms, cpuMicros, busy }: Run): readonly string[] => [
  rps.toFixed(0),
  p50Ms.toFixed(2),
  p99Ms.toFixed(2),
  cpuMicros.toFixed(0),
  `${(busy * 100).toFixed(0)}%`,
];

const NOTES = `Under each server's numbers: "cpu" is its processor time for a review, "sender" the share of a core that the sending
process used. The sender limits what is measured only when that share is near 100%.`;

/** The results for people, with the bars that they were held to. */
export const resultsText = (results: Results): string => {
  const requests = table(
    ["request", "pods", "ratio", "guard/s", ...RUN_HEAD, "no-op/s", ...RUN_HEAD],
    results.requests.map((row) => [
      row.name,
      String(row.pods),
      row.ratio.toFixed(2),
      ...runCells(row),
      ...runCells(row.floor),
    ]),
  );
  const build = table(
    ["build", "pods", "seconds", "cpu s", "MiB", "MiB unsettled", "list pause ms", "events/s"],
    results.build.map((row) => [
      "cluster",
      String(row.pods),
      row.seconds.toFixed(2),
      row.cpuSeconds.toFixed(2),
      row.residentMiB.toFixed(0),
      row.unsettledMiB.toFixed(0),
      row.longestPauseMs.toFixed(1),
      row.eventsPerSecond.toFixed(0),
    ]),
  );
  const bars = barsOf(results).map(
    ({ promise, measured, met }) => `${met ? "met   " : "MISSED"} ${promise}: ${measured}`,
  );
  return [requests, NOTES, build, bars.join("\n")].join("\n\n");
};
