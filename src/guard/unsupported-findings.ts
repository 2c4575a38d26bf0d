import { onlyNarrows } from "../engine/narrowing.ts";
import type { Replacement } from "../engine/overlay.ts";
import { replacedObject } from "../engine/replaced.ts";
import { touchedClasses } from "../engine/touched.ts";
import type { Transition } from "../engine/transition.ts";
import { isUnchanged } from "../engine/unchanged.ts";
import { changeText } from "../engine/words.ts";
import { DIRECTIONS } from "../model/policies.ts";
import type { OrgRule, Standing, Violation } from "../rules/rule.ts";
import type { RuleInForce } from "./settings.ts";
import { kindLines, presenceText, type UnsupportedLanguage } from "./unsupported.ts";
import type { Finding, Mode } from "./verdict.ts";

/**
 * Whether policies that are not judged may have ended a violation of a pod or template: one that is there only because no
 * NetworkPolicy isolates somebody. A cluster that isolates its pods by other policies would get no new pod otherwise.
 */
export const maybeCured = (rule: OrgRule, { kind, curable }: Violation, change: Replacement): boolean =>
  rule.dependsOnReachability && kind === "violation" && curable && change.type === "endpoint";

/** So many rules are named in a sentence; the details name all. */
const MOST_NAMED = 3;

/** How what such policies make of a change stands to what was before; undefined where the change has no part in it. */
const standingOf = (transition: Transition): Standing | undefined => {
  const { before, change } = transition;
  const { object, type } = change;
  if (isUnchanged(replacedObject(transition), object)) return undefined;
  if (type === "policy") return onlyNarrows(transition) ? "existing" : "new";
  if (object?.type !== "endpoint") return "new";
  if (object.endpoint.phase === "finished") return undefined;
  return before.runningTwins(object.endpoint).length > 0 ? "known" : "new";
};

/** Whether a change touches anybody for whom the rule hangs on who reaches whom. */
const concerns = (transition: Transition, { ends, dependsOnReachability }: OrgRule): boolean => {
  const { before, after, change } = transition;
  if (!dependsOnReachability) return false;
  if (ends.length === 0) return change.type !== "namespace";
  const touched = new Set(DIRECTIONS.flatMap((direction) => touchedClasses(transition, direction)));
  const [old, now] = [ends.map((end) => before.set(end)), ends.map((end) => after.set(end))];
  return touched.values().some((cls) => {
    const origin = after.origin(cls);
    return now.some((set) => set.has(cls)) || (origin !== undefined && old.some((set) => set.has(origin)));
  });
};

const rulesText = (rules: readonly RuleInForce[]): string => {
  const left = rules.length - MOST_NAMED;
  const names = rules.slice(0, MOST_NAMED).map(({ name }) => name);
  return `${names.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
};

/** Whether somebody reads a warning about it: a controller does not, and has a template that somebody was warned about. */
const isRead = ({ change }: Transition): boolean =>
  change.object?.type !== "endpoint" || change.ref.kind !== "Pod" || change.object.endpoint.owner === undefined;

/**
 * What is to be said of a change because policies that are not judged decide about it too: a finding for each language,
 * that names the rules. `refuses`: what is new is refused where one of the rules is enforced.
 */
export const unsupportedFindings = (
  transition: Transition,
  languages: readonly UnsupportedLanguage[],
  rules: readonly RuleInForce[],
  refuses: boolean,
): readonly Finding[] => {
  if (languages.length === 0) return [];
  const standing = standingOf(transition);
  if (standing === undefined) return [];
  const concerned = rules.filter(({ rule }) => concerns(transition, rule));
  if (concerned.length === 0) return [];
  const has = (wanted: Mode): boolean => concerned.some(({ mode }) => mode === wanted);
  const told = (has("enforce") || has("warn")) && isRead(transition) ? "warn" : "audit";
  return languages.map((language) => ({
    code: `unsupported-language/${language.id}`,
    effect: refuses && standing === "new" && has("enforce") ? "deny" : told,
    standing,
    kind: "undecided",
    message: `${presenceText(language)} and are not judged: ${rulesText(concerned)} cannot tell what ${changeText(transition.change)} opens`,
    details: [`undecided: ${concerned.map(({ code }) => code).join(", ")}`, ...kindLines(language)],
    fix: "have an administrator set onUnsupportedLanguage: warn, or say in NetworkPolicies what these policies say",
    docs: "docs/unsupported-languages.md",
    more: 0,
  }));
};
