import type { OrgRule } from "../rules/rule.ts";
import type { Exception } from "./exceptions.ts";
import type { Mode } from "./verdict.ts";

/** A rule of the organisation under its name. */
export interface NamedRule {
  readonly name: string;
  readonly type: string;
  /** Its own mode; undefined: the guard's. */
  readonly mode: Mode | undefined;
  /** How fresh the state must be: as it is watched, with what a denial rests on read anew, or with all there is. */
  readonly consistency: "cached" | "confirm" | "linearizable";
  readonly rule: OrgRule;
}

/** How a guard judges: the rules and what is done about what they find. */
export interface GuardSettings {
  readonly mode: Mode;
  readonly rules: readonly NamedRule[];
  readonly exemptNamespaces: ReadonlySet<string>;
  readonly namespaceModes: ReadonlyMap<string, Mode>;
  readonly existingWorkloads: "warn" | "deny";
  readonly onUndecided: "deny" | "warn";
  readonly onUnsupportedLanguage: "deny" | "warn";
  readonly onUnenforceable: "deny" | "warn";
  readonly exceptions: readonly Exception[];
  /** For how long the violations of pods that ran are known, in milliseconds. */
  readonly remember: number;
}

/** A rule as it is in force where a change happens. */
export interface RuleInForce extends Omit<NamedRule, "mode"> {
  /** `type/name` */
  readonly code: string;
  readonly mode: Exclude<Mode, "off">;
}

const STRICTNESS: Readonly<Record<Mode, number>> = { off: 0, audit: 1, warn: 2, enforce: 3 };

/** The mode of a rule in a namespace: the milder of the two that are set there, the guard's own where none is. */
const modeOf = (settings: GuardSettings, { mode }: NamedRule, namespace: string): Mode => {
  const there = settings.namespaceModes.get(namespace);
  if (mode === undefined) return there ?? settings.mode;
  return there === undefined || STRICTNESS[mode] <= STRICTNESS[there] ? mode : there;
};

const inForce = (settings: GuardSettings, namespace: string): readonly RuleInForce[] =>
  settings.rules.flatMap((named) => {
    const mode = modeOf(settings, named, namespace);
    return mode === "off" ? [] : [{ ...named, code: `${named.type}/${named.name}`, mode }];
  });

/** No namespace can be called so: for all that have no mode of their own. */
const ANY_OTHER = "";

/** Asked for with every request, and the same for all namespaces but those few that have a mode. */
const known = new WeakMap<GuardSettings, Map<string, readonly RuleInForce[]>>();

/** The rules that are not off in a namespace. */
export const rulesInForce = (settings: GuardSettings, namespace: string): readonly RuleInForce[] => {
  const lists = known.get(settings) ?? new Map<string, readonly RuleInForce[]>();
  known.set(settings, lists);
  const key = settings.namespaceModes.has(namespace) ? namespace : ANY_OTHER;
  const rules = lists.get(key) ?? inForce(settings, key);
  lists.set(key, rules);
  return rules;
};
