import { findingText, plain } from "../guard/message.ts";
import type { OutputFormat } from "./format.ts";
import { levelOf, sumText } from "./levels.ts";
import { inOrderOfLevel, objectText, placeText } from "./places.ts";
import { remarksOf, type Remark } from "./remarks.ts";
import type { LocatedFinding, Report } from "./report.ts";

/** GitHub refuses a comment that is longer, in characters. Counted in UTF-16 code units here, of which there are more. */
const MOST_CHARACTERS = 65_536;

/** One finding or line of remarks must not take the room of all others. */
const MOST_OF_A_FINDING = 4_000;
const MOST_OF_A_LINE = 300;
const MOST_LINES = 20;

/** Room for the last line, `+N more`. */
const MORE_ROOM = 40;

/** Zero-width, behind an @: GitHub makes links of mail addresses after it has resolved character references. */
const BREAK = "&#8203;";

const cut = (text: string, most: number): string => {
  const well = text.toWellFormed();
  return well.length <= most ? well : `${[...well.slice(0, most - 2)].join("").toWellFormed()}…`;
};

/** Text that is HTML and stays text. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/**
 * Text that means nothing in Markdown, in a cell of a table neither: a character reference never stands for structure
 * (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references), and GitHub links no `@name` in code.
 */
const code = (text: string): string =>
  `<code>${cut(plain(text), MOST_OF_A_LINE).replace(/[^\p{L}\p{N} /,-]/gu, (character) => `&#${String(character.codePointAt(0))};${character === "@" ? BREAK : ""}`)}</code>`;

/** A block that shows its text as it is: its fence is longer than any in the text. */
const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}\n`;
};

const TABLE_HEAD = "| | rule | object | place |\n| --- | --- | --- | --- |\n";

const rowOf = (finding: LocatedFinding): string =>
  `| ${[levelOf(finding), code(finding.code), code(objectText(finding)), finding.place === undefined ? "" : code(placeText(finding.place))].join(" | ")} |\n`;

const detailsOf = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${fenced(text)}\n</details>\n\n`;

const findingDetails = (finding: LocatedFinding): string =>
  detailsOf(
    `${levelOf(finding)}: <code>${escapeHtml(cut(plain(finding.message), MOST_OF_A_LINE))}</code>`,
    cut(findingText(finding), MOST_OF_A_FINDING),
  );

const remarkDetails = ({ title, lines }: Remark): string => {
  const left = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => cut(line, MOST_OF_A_LINE));
  return detailsOf(title, [...shown, ...(left > 0 ? [`+${String(left)} more`] : [])].join("\n"));
};

/** The gravest findings, as many as there is room for: a row of the table and the words of each. */
const findingsMarkdown = (report: Report, room: number): string => {
  const findings = inOrderOfLevel(report.findings);
  const rows: string[] = [];
  const details: string[] = [];
  let left = room - TABLE_HEAD.length - MORE_ROOM;
  for (const finding of findings) {
    const [row, detail] = [rowOf(finding), findingDetails(finding)];
    left -= row.length + detail.length;
    if (left < 0) break;
    rows.push(row);
    details.push(detail);
  }
  const more = findings.length - rows.length;
  return [TABLE_HEAD, ...rows, "\n", ...details, ...(more > 0 ? [`+${String(more)} more\n`] : [])].join("");
};

/** `markdown`: for a comment on a pull request, never longer than GitHub takes one. */
export const markdown: OutputFormat = {
  name: "markdown",
  render: (report) => {
    const title = `### ${report.tool.name}: ${sumText(report)}\n\n`;
    const remarks = remarksOf(report).map(remarkDetails).join("");
    if (report.findings.length === 0) return `${title}${remarks}`;
    return `${title}${findingsMarkdown(report, MOST_CHARACTERS - title.length - remarks.length)}${remarks}`;
  },
};
