import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { PortSet } from "../model/ports.ts";
import type { Case } from "../rules/precedents.ts";
import type { Standing } from "../rules/rule.ts";
import { findViolations } from "./guard.ts";
import type { Past } from "./past.ts";
import { findingOf, namespaceOf, passesUnjudged, settled } from "./refusal.ts";
import { rulesInForce, type GuardSettings, type RuleInForce } from "./settings.ts";
import { changeTo, type Part } from "./state-parts.ts";
import type { UnsupportedLanguage } from "./unsupported.ts";
import { unsupportedFindings } from "./unsupported-findings.ts";
import type { Finding } from "./verdict.ts";

/** A finding on one object of a state, with how strictly its rule is applied there. */
export interface PartFinding extends Finding {
  readonly object: ObjectRef;
  readonly mode: RuleInForce["mode"];
}

/** What a finished state is judged by. */
export interface FinishedOptions {
  readonly settings: GuardSettings;
  readonly unsupported: readonly UnsupportedLanguage[];
  readonly past: Past;
}

const NO_LIMIT = (): void => undefined;
/** No name, label or port can hold it. */
const SEPARATOR = "\u0001";

const identitiesOf = (end: Case["ends"]["from"]): readonly string[] =>
  end === undefined ? [""] : [...end.identities()];

/** A violation under a name that is the same in two states. */
export interface NamedCase {
  readonly key: string;
  readonly ports: PortSet;
}

/** One for each two identities that are at the ends. */
export const namedCases = (rule: string, { ends, what, ports }: Case): readonly NamedCase[] =>
  identitiesOf(ends.from).flatMap((from) =>
    identitiesOf(ends.to).map((to) => ({ key: [rule, from, to, what].join(SEPARATOR), ports })),
  );

/** How a violation stands, by what the two states alone say. */
export type Stands = (rule: string, computed: Standing, found: Case) => Standing;

/** What a part is found guilty of. */
export interface Judged {
  readonly findings: readonly PartFinding[];
  /** What of it is new. */
  readonly news: readonly NamedCase[];
}

/** How strict what is not of one rule is, by what is done about it. */
const MODES: Readonly<Record<Finding["effect"], PartFinding["mode"]>> = {
  deny: "enforce",
  warn: "warn",
  audit: "audit",
};

/** Judges what a part adds to a state that lacks it, or has its old form. Nothing is still to come that could cure it. */
export const judgePart = (
  state: ClusterIndex,
  part: Part,
  { settings, past, unsupported }: FinishedOptions,
  stands: Stands,
): Judged => {
  const news: NamedCase[] = [];
  const change = changeTo(part);
  const object = change.ref;
  if (passesUnjudged(change, settings)) return { findings: [], news };
  const told = {
    stands: (rule: string, computed: Standing, found: Case): Standing => {
      const standing = stands(rule, computed, found);
      if (standing === "new") news.push(...namedCases(rule, found));
      return standing;
    },
  };
  const { found, transition } = findViolations(state, change, settings, NO_LIMIT, past, told, unsupported.length > 0);
  const ofRules = found.flatMap(({ rule, violations }) =>
    violations.map((violation) => {
      const final = { ...settled(state, change, violation), curable: false };
      return { ...findingOf(settings, rule, final, change, unsupported), object, mode: rule.mode };
    }),
  );
  if (transition === undefined) return { findings: ofRules, news };
  const refuses = settings.onUnsupportedLanguage === "deny";
  const rules = rulesInForce(settings, namespaceOf(change));
  const undecided = unsupportedFindings(transition, unsupported, rules, refuses);
  return { findings: [...ofRules, ...undecided.map((one) => ({ ...one, object, mode: MODES[one.effect] }))], news };
};
