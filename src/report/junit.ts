import { findingText, plain } from "../guard/message.ts";
import type { OutputFormat } from "./format.ts";
import { levelOf } from "./levels.ts";
import { inOrderOfPlace, objectText, placeText } from "./places.ts";
import type { LocatedFinding, Report } from "./report.ts";

/** What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets): halves of surrogate pairs too. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
]);

const escapeXml = (text: string): string =>
  text.replace(UNWRITABLE, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);

/** An element; its content is XML already. */
const element = (name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string => {
  const start = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(String(value))}"`),
  ].join(" ");
  return content === "" ? `<${start}/>` : `<${start}>${content}</${name}>`;
};

/** One test of a suite, and how it ended. */
interface TestCase {
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly xml: string;
}

/** What would be refused fails, or is an error where it could not be judged; what only warns passes and says so. */
const outcomeOf = (finding: LocatedFinding): TestCase["outcome"] =>
  levelOf(finding) !== "error" ? "passed" : finding.kind === "undecided" ? "error" : "failure";

const findingCase = (finding: LocatedFinding): TestCase => {
  const { place, code, kind } = finding;
  const outcome = outcomeOf(finding);
  const text = `${levelOf(finding)}${place === undefined ? "" : ` at ${placeText(place)}`}\n${findingText(finding)}`;
  const message = plain(finding.message);
  const content =
    outcome === "passed"
      ? element("system-out", {}, escapeXml(text))
      : element(outcome, { type: kind, message }, escapeXml(text));
  const attributes = {
    classname: code,
    name: `${objectText(finding)}: ${message}`,
    ...(place === undefined ? {} : { file: plain(place.file), line: place.line }),
  };
  return { outcome, xml: element("testcase", attributes, content) };
};

const cleanCase = (code: string): TestCase => ({
  outcome: "passed",
  xml: element("testcase", { classname: code, name: "no findings" }),
});

const NOT_JUDGED = "not judged";

const skippedCase = (reason: string): TestCase => ({
  outcome: "skipped",
  xml: element(
    "testcase",
    { classname: NOT_JUDGED, name: plain(reason) },
    element("skipped", { message: plain(reason) }),
  ),
});

/** What is counted of tests, as attributes. */
const countsOf = (cases: readonly TestCase[]): Readonly<Record<string, number>> => {
  const count = (outcome: TestCase["outcome"]): number => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
};

/** By name: every rule, one that found nothing with a test that passes, and what could not be judged. */
const suitesOf = ({ rules, findings, evidence }: Report): ReadonlyMap<string, readonly TestCase[]> => {
  const suites = new Map<string, readonly TestCase[]>(rules.map(({ code }) => [code, [cleanCase(code)]]));
  for (const [code, group] of Map.groupBy(inOrderOfPlace(findings), (finding) => finding.code))
    suites.set(code, group.map(findingCase));
  if (evidence.notJudged.length > 0) suites.set(NOT_JUDGED, evidence.notJudged.map(skippedCase));
  return suites;
};

/** `junit`: for the test pages of CI systems. A suite for each rule, a test for each finding. */
export const junit: OutputFormat = {
  name: "junit",
  render: (report) => {
    const { time: timestamp } = report.evidence;
    const suites = [...suitesOf(report)];
    const xml = suites.map(([name, cases]) =>
      element(
        "testsuite",
        { name, ...countsOf(cases), timestamp },
        `\n${cases.map(({ xml: one }) => `${one}\n`).join("")}`,
      ),
    );
    const all = countsOf(suites.flatMap(([, cases]) => cases));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: report.tool.name, ...all, timestamp }, `\n${xml.join("\n")}\n`)}\n`;
  },
};
