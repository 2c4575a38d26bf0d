import { styleText } from "node:util";
import { findingText, plain, standingText } from "../guard/message.ts";
import type { Look, OutputFormat } from "./format.ts";
import {
  countByNamespace,
  countByRule,
  countLevels,
  countsText,
  LEVELS,
  levelOf,
  sumText,
  type Level,
} from "./levels.ts";
import { inOrderOfPlace, objectText, placeText } from "./places.ts";
import { item, remarksOf } from "./remarks.ts";
import type { LocatedFinding, Report } from "./report.ts";

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Level, Style>> = { error: ["bold", "red"], warning: ["bold", "yellow"], note: "cyan" };

/** Colours nothing where nobody can see it. */
const painter =
  ({ colour }: Look) =>
  (style: Style, words: string): string =>
    // Whether there is a terminal is the caller's to know: styleText would ask this process's standard output.
    colour ? styleText(style, words, { validateStream: false }) : words;

/** What findings that follow each other may share: `error at deploy/db.yaml:12:9, NetworkPolicy shop/open-db`. */
const headOf = (finding: LocatedFinding): string =>
  `${finding.place === undefined ? "" : ` at ${placeText(finding.place)}`}, ${objectText(finding)}${standingText(finding.standing)}`;

const groupsText = (findings: readonly LocatedFinding[], look: Look): string => {
  const paint = painter(look);
  const groups = Map.groupBy(inOrderOfPlace(findings), (finding) => `${levelOf(finding)}${headOf(finding)}`);
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      if (first === undefined) return "";
      const level = levelOf(first);
      return `${paint(STYLES[level], level)}${headOf(first)}\n${group.map(findingText).join("\n")}\n\n`;
    })
    .join("");
};

const tableText = (title: string, rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.length === 0
    ? ""
    : [title, ...rows.map(([name, words]) => item(`${name.padEnd(width)}  ${words}`)), ""].join("\n");
};

const summaryText = (report: Report, look: Look): string => {
  const counts = countLevels(report.findings);
  const worst = LEVELS.find((level) => counts[level] > 0);
  const words = sumText(report);
  return [
    tableText(
      "By rule:",
      [...countByRule(report.findings)].map(([code, each]) => [plain(code), countsText(each)]),
    ),
    tableText(
      "By namespace:",
      [...countByNamespace(report.findings)].map(([name, each]) => [
        name === "" ? "(none)" : plain(name),
        countsText(each),
      ]),
    ),
    `${worst === undefined ? words : painter(look)(STYLES[worst], words)}\n`,
  ].join("");
};

const remarksText = (report: Report): string =>
  remarksOf(report)
    .map(({ title, lines }) => `${title}:\n${lines.map((line) => `${line}\n`).join("")}\n`)
    .join("");

/** GitHub's runner takes this for a command wherever in a line it stands (actions/runner, ActionCommand.cs). */
const COMMAND_PREFIX = "##[";

/** `text`: for people. Each finding in the very words of the webhook, below where it is; sums at the end, where they are seen. */
export const text: OutputFormat = {
  name: "text",
  render: (report, look) =>
    [groupsText(report.findings, look), remarksText(report), summaryText(report, look)]
      .join("")
      .replaceAll(COMMAND_PREFIX, "## ["),
};
