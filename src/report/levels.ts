import type { Finding } from "../guard/verdict.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { LocatedFinding, Report } from "./report.ts";

/** How grave a finding is, in the words of SARIF and of editors; the gravest first. */
export const LEVELS = ["error", "warning", "note"] as const;

export type Level = (typeof LEVELS)[number];

const LEVEL_OF: Readonly<Record<Finding["effect"], Level>> = { deny: "error", warn: "warning", audit: "note" };

/** What would be refused is an error. */
export const levelOf = ({ effect }: Finding): Level => LEVEL_OF[effect];

/** How many findings there are of each level. */
export type LevelCounts = Readonly<Record<Level, number>>;

/** Counts findings by level; those that a finding leaves out (`more`) do not count. */
export const countLevels = (findings: readonly Finding[]): LevelCounts => {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const finding of findings) counts[levelOf(finding)]++;
  return counts;
};

/** `2 errors, 1 warning`, or `no findings`. */
export const countsText = (counts: LevelCounts): string =>
  LEVELS.filter((level) => counts[level] > 0)
    .map((level) => `${String(counts[level])} ${level}${counts[level] === 1 ? "" : "s"}`)
    .join(", ") || "no findings";

/** `2 errors, 1 warning in 12 objects`. */
export const sumText = ({ findings, evidence: { objects } }: Report): string =>
  `${countsText(countLevels(findings))} in ${String(objects)} object${objects === 1 ? "" : "s"}`;

/** The namespace that an object belongs to: of a Namespace itself; "" for any other cluster-scoped one. */
const namespaceOf = (ref: ObjectRef): string => (ref.kind === "Namespace" ? ref.name : ref.namespace);

const countBy = (
  findings: readonly LocatedFinding[],
  keyOf: (finding: LocatedFinding) => string,
): ReadonlyMap<string, LevelCounts> =>
  new Map(
    [...Map.groupBy(findings, keyOf)]
      .map(([key, group]) => [key, countLevels(group)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** By the code of the rule, sorted. */
export const countByRule = (findings: readonly LocatedFinding[]): ReadonlyMap<string, LevelCounts> =>
  countBy(findings, ({ code }) => code);

/** By namespace, sorted; "" for what belongs to none. */
export const countByNamespace = (findings: readonly LocatedFinding[]): ReadonlyMap<string, LevelCounts> =>
  countBy(findings, ({ object }) => namespaceOf(object));
