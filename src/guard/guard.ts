import type { ClusterIndex } from "../engine/cluster-index.ts";
import { withChange } from "../engine/overlay.ts";
import type { Transition } from "../engine/transition.ts";
import { GuardError } from "../model/errors.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Ends } from "../rules/precedents.ts";
import type { Violation } from "../rules/rule.ts";
import type { Change } from "./change.ts";
import { Harmless, knownIdentity } from "./harmless.ts";
import { NO_PAST, type Past } from "./past.ts";
import { precedentsFor, type PrecedentOptions } from "./precedents.ts";
import { findingOf, isMirror, isTeardown, namespaceOf, passesUnjudged, refusesUndecided, settled } from "./refusal.ts";
import { reliedOn } from "./relied.ts";
import { rulesInForce, type GuardSettings, type RuleInForce } from "./settings.ts";
import type { UnsupportedLanguage } from "./unsupported.ts";
import { unsupportedFindings } from "./unsupported-findings.ts";
import type { Verdict } from "./verdict.ts";

/** By the settings that they were judged under. */
const remembered = new WeakMap<GuardSettings, Harmless>();

const harmlessUnder = (settings: GuardSettings): Harmless => {
  const known = remembered.get(settings);
  if (known !== undefined) return known;
  const none = new Harmless(settings.rules.map(({ rule }) => rule));
  remembered.set(settings, none);
  return none;
};

/** What a rule that is in force finds wrong with a change. */
export interface Found {
  readonly rule: RuleInForce;
  readonly violations: readonly Violation[];
}

/** All that rules find wrong with a change. */
export interface AllFound {
  readonly found: readonly Found[];
  /** Undefined where the change is known to be harmless, which nothing had to be laid over for. */
  readonly transition: Transition | undefined;
}

/**
 * Has all rules in force judge a change. `isWanted`: the transition is asked for even where nothing is to be found.
 * Throws what rules throw.
 */
export const findViolations = (
  state: ClusterIndex,
  change: Change,
  settings: GuardSettings,
  tick: () => void,
  past: Past,
  told: Pick<PrecedentOptions, "stands" | "onFound" | "onNew"> = {},
  isWanted = false,
): AllFound => {
  const harmless = harmlessUnder(settings);
  const identity = knownIdentity(state, change);
  const isHarmless = identity !== undefined && harmless.has(identity, state);
  if (isHarmless && !isWanted && settings.rules.every(({ rule }) => rule.byClass))
    return { found: [], transition: undefined };
  const rules = rulesInForce(settings, namespaceOf(change));
  prepare(state, settings);
  const after = withChange(state, change);
  const transition = { before: state, after, change, tick };
  const options = { state, after, change, exceptions: settings.exceptions, past, ...told };
  const found = (isHarmless ? rules.filter(({ rule }) => !rule.byClass) : rules).map((rule) => ({
    rule,
    violations: rule.rule.judge(transition, precedentsFor(rule.name, options)),
  }));
  if (identity !== undefined && !found.some(({ rule, violations }) => rule.rule.byClass && violations.length > 0))
    harmless.add(identity, after.classOf(change.ref), state);
  return { found, transition };
};

/**
 * Judges a change of the state under all rules. `tick` is called often and throws GuardError when the time is over:
 * then, as on every other failure of ours, the verdict is "undecided".
 */
export const judge = (
  state: ClusterIndex,
  change: Change,
  settings: GuardSettings,
  tick: () => void,
  unsupported: readonly UnsupportedLanguage[],
  past: Past = NO_PAST,
): Verdict => {
  if (passesUnjudged(change, settings) || isTeardown(state, change)) return { kind: "allow", findings: [] };
  try {
    const ends: Ends[] = [];
    const onNew = (newly: Ends): void => void ends.push(newly);
    const all = findViolations(state, change, settings, tick, past, { onNew }, unsupported.length > 0);
    const ofRules = all.found.flatMap(({ rule, violations }) =>
      violations.map((violation) => findingOf(settings, rule, settled(state, change, violation), change, unsupported)),
    );
    const refuses = settings.onUnsupportedLanguage === "deny" && !isMirror(change);
    const rules = rulesInForce(settings, namespaceOf(change));
    const findings =
      all.transition === undefined || unsupported.length === 0
        ? ofRules
        : [...ofRules, ...unsupportedFindings(all.transition, unsupported, rules, refuses)];
    const [first, ...rest] = findings.filter(({ effect }) => effect === "deny");
    if (first === undefined) return { kind: "allow", findings };
    return {
      kind: "deny",
      findings: [first, ...rest, ...findings.filter(({ effect }) => effect !== "deny")],
      restsOn: reliedOn(state, change, ends),
    };
  } catch (cause) {
    const error = cause instanceof GuardError ? cause : new GuardError("judging failed", { cause });
    return { kind: "undecided", cause: error, refused: refusesUndecided(change, settings) };
  }
};

const endsOf = (settings: GuardSettings): readonly EndpointSelector[] =>
  settings.rules.flatMap(({ rule }) => rule.ends);

/** Keeps what the rules ask for on every change up to date from now on, and no longer what those before asked for. */
export const prepare = (state: ClusterIndex, settings: GuardSettings, before?: GuardSettings): void => {
  for (const { rule } of settings.rules) for (const end of rule.ends) state.set(end);
  if (before === undefined) return;
  const kept = new Set(endsOf(settings));
  for (const end of endsOf(before)) if (!kept.has(end)) state.dropSet(end);
};
