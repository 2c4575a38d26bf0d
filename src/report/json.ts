import type { OutputFormat } from "./format.ts";
import { countByNamespace, countByRule, countLevels, levelOf } from "./levels.ts";
import { inOrderOfPlace } from "./places.ts";
import type { LocatedFinding, Report } from "./report.ts";
import { safeJson } from "./safe-json.ts";

/** The only version so far: fields may be added under it, and none changes its meaning or goes. */
const API_VERSION = "netpol-guard.io/v1alpha1";

const findingJson = (finding: LocatedFinding): object => {
  const { object, place } = finding;
  return {
    code: finding.code,
    level: levelOf(finding),
    effect: finding.effect,
    standing: finding.standing,
    kind: finding.kind,
    mode: finding.mode,
    object: { kind: object.kind, namespace: object.namespace, name: object.name },
    place: place === undefined ? null : { file: place.file, line: place.line, column: place.column },
    message: finding.message,
    details: finding.details,
    fix: finding.fix,
    docs: finding.docs,
    more: finding.more,
  };
};

const orderJson = ({ order }: Report): object | null => {
  if (order === undefined) return null;
  if (order.kind === "none") return { found: false, reason: order.reason, steps: [] };
  const steps = order.steps.map(({ operation, object: { kind, namespace, name } }) => ({
    operation,
    object: { kind, namespace, name },
  }));
  return { found: true, reason: null, steps };
};

const summaryJson = ({ findings, evidence }: Report): object => ({
  objects: evidence.objects,
  ...countLevels(findings),
  byRule: [...countByRule(findings)].map(([code, counts]) => ({ code, ...counts })),
  byNamespace: [...countByNamespace(findings)].map(([namespace, counts]) => ({ namespace, ...counts })),
});

const evidenceJson = ({ evidence }: Report): object => ({
  time: evidence.time,
  configurationHash: evidence.configurationHash,
  resourceVersions: evidence.resourceVersions.map(({ kind, resourceVersion }) => ({ kind, resourceVersion })),
  notJudged: evidence.notJudged,
  exceptions: evidence.exceptions.map(({ rule, reason, owner, expires, daysLeft }) => ({
    rule,
    reason,
    owner,
    expires,
    daysLeft,
  })),
});

/** `json`: for programs; its shape is written down in docs/reports.md. */
export const json: OutputFormat = {
  name: "json",
  render: (report) =>
    safeJson({
      apiVersion: API_VERSION,
      kind: "Report",
      tool: { name: report.tool.name, version: report.tool.version },
      summary: summaryJson(report),
      rules: report.rules.map(({ code, type, docs }) => ({ code, type, docs })),
      findings: inOrderOfPlace(report.findings).map(findingJson),
      order: orderJson(report),
      evidence: evidenceJson(report),
    }),
};
