import { createHash } from "node:crypto";
import { isAbsolute, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { findingText, plain, standingText } from "../guard/message.ts";
import { refKey } from "../model/objects.ts";
import type { OutputFormat } from "./format.ts";
import { levelOf } from "./levels.ts";
import { inOrderOfPlace, objectText } from "./places.ts";
import type { FindingPlace, LocatedFinding, Report, ReportedRule } from "./report.ts";
import { safeJson } from "./safe-json.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** Square brackets before a parenthesis would be a link in a message (section 3.11.6), to wherever a name says. */
const unlinked = (text: string): string => text.replaceAll("](", "] (");

/** Relative to the folder that the command ran in, which is where GitHub looks; a `file:` URI where that cannot be. */
const uriOf = (file: string): string => {
  const path = normalize(file.toWellFormed());
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join("/");
};

const physicalLocation = ({ file, line, column }: FindingPlace): object => ({
  artifactLocation: { uri: uriOf(file) },
  region: { startLine: line, startColumn: column },
});

/** The same for the same finding, wherever its line moves to. */
const fingerprintOf = (finding: LocatedFinding): string =>
  createHash("sha256")
    .update(JSON.stringify([finding.code, finding.kind, refKey(finding.object), finding.message]))
    .digest("hex");

const ruleSarif = ({ code, type, docs }: ReportedRule): object => ({
  id: code,
  name: type,
  shortDescription: { text: code },
  // An absolute URI or none (section 3.49.12).
  ...(URL.canParse(docs) ? { helpUri: docs } : {}),
  help: { text: `docs: ${docs}` },
  properties: { tags: ["security", "kubernetes", "network-policy"] },
});

const resultSarif = (finding: LocatedFinding, indexes: ReadonlyMap<string, number>): object => {
  const { code, object, place, kind, standing, mode, more } = finding;
  const ruleIndex = indexes.get(code);
  const [first = "", ...rest] = findingText(finding).split("\n");
  const text = [`${first.slice(`[${code}] `.length)}${standingText(standing)}`, ...rest].join("\n");
  return {
    ruleId: code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levelOf(finding),
    message: { text: unlinked(text) },
    locations: [
      {
        ...(place === undefined ? {} : { physicalLocation: physicalLocation(place) }),
        logicalLocations: [{ name: object.name, fullyQualifiedName: objectText(finding), kind: "object" }],
      },
    ],
    partialFingerprints: { "netpolGuardFinding/v1": fingerprintOf(finding) },
    properties: { kind, standing, mode, more },
  };
};

const runSarif = ({ tool, rules, findings, evidence }: Report): object => {
  const indexes = new Map(rules.map(({ code }, index) => [code, index]));
  const { time, configurationHash, objects, resourceVersions, notJudged, exceptions } = evidence;
  return {
    tool: { driver: { name: tool.name, version: tool.version, rules: rules.map(ruleSarif) } },
    columnKind: "utf16CodeUnits",
    invocations: [
      {
        executionSuccessful: true,
        endTimeUtc: time,
        toolExecutionNotifications: notJudged.map((reason) => ({
          level: "warning",
          message: { text: unlinked(plain(reason)) },
        })),
      },
    ],
    results: inOrderOfPlace(findings).map((finding) => resultSarif(finding, indexes)),
    properties: { configurationHash, objects, resourceVersions, exceptions },
  };
};

/** `sarif`: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning. */
export const sarif: OutputFormat = {
  name: "sarif",
  render: (report) => safeJson({ $schema: SCHEMA, version: "2.1.0", runs: [runSarif(report)] }),
};
