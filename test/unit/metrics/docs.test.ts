import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { parseExposition } from "./exposition.ts";
import { metered } from "./metered.ts";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../../docs/metrics.md"), "utf8");

const cellsOf = (line: string): readonly string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

it("the table of docs/metrics.md is what is exposed: names, types, labels and meanings", async () => {
  const rows = PAGE.split("\n").filter((line) => line.startsWith("| `netpol_guard_"));
  const documented = rows.map(cellsOf);
  const families = parseExposition(await metered().metrics.text());
  const exposed = families
    .filter(({ name }) => name.startsWith("netpol_guard_"))
    .map(({ name, type, help, samples }) => {
      const labels = new Set(samples.flatMap((sample) => [...sample.labels.keys()]));
      labels.delete("le");
      return [
        `\`${name}\``,
        type,
        [...labels]
          .sort()
          .map((label) => `\`${label}\``)
          .join(", "),
        help,
      ];
    });
  expect(documented.toSorted()).toEqual(exposed.toSorted());
});
