import { findingText, plain } from "../guard/message.ts";
import type { OutputFormat } from "./format.ts";
import { levelOf, sumText, type Level } from "./levels.ts";
import { inOrderOfLevel, objectText } from "./places.ts";
import type { LocatedFinding, Report } from "./report.ts";

/**
 * GitHub reads commands from standard output, a line each, and takes no line that is one for anything else; so nothing but
 * commands is printed (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
const COMMANDS: Readonly<Record<Level, string>> = { error: "error", warning: "warning", note: "notice" };

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

/** The words of a command (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts). */
const escapeData = (text: string): string => text.replace(/[%\r\n]/g, percent);

/** A value before them, which ends at a colon or comma as well. */
const escapeProperty = (text: string): string => text.replace(/[%\r\n:,]/g, percent);

const commandText = (command: string, properties: Readonly<Record<string, string | number>>, words: string): string =>
  `::${command} ${Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
    .join(",")}::${escapeData(words)}\n`;

const annotation = (finding: LocatedFinding): string => {
  const { place } = finding;
  const where = place === undefined ? {} : { file: plain(place.file), line: place.line, col: place.column };
  return commandText(COMMANDS[levelOf(finding)], { ...where, title: objectText(finding) }, findingText(finding));
};

const summary = (report: Report): string => commandText("notice", { title: report.tool.name }, sumText(report));

/** `github`: annotations of the lines of a pull request, made by a workflow. GitHub shows ten of each level a step. */
export const github: OutputFormat = {
  name: "github",
  render: (report) =>
    [
      ...inOrderOfLevel(report.findings).map(annotation),
      ...report.evidence.notJudged.map((reason) => commandText("warning", { title: "not judged" }, plain(reason))),
      summary(report),
    ].join(""),
};
