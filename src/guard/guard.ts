import type { ClusterIndex } from "../engine/cluster-index.ts";
import { withChange } from "../engine/overlay.ts";
import { GuardError } from "../model/errors.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Ends } from "../rules/precedents.ts";
import type { OrgRule, Violation } from "../rules/rule.ts";
import type { Change } from "./change.ts";
import type { Exception } from "./exceptions.ts";
import { Harmless, knownIdentity } from "./harmless.ts";
import { NO_PAST, type Past } from "./past.ts";
import { precedentsFor, type PrecedentOptions } from "./precedents.ts";
import { reliedOn } from "./relied.ts";
import type { Finding, Mode, Verdict } from "./verdict.ts";

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
  readonly onUnenforceable: "deny" | "warn";
  readonly exceptions: readonly Exception[];
  /** For how long the violations of pods that ran are known, in milliseconds. */
  readonly remember: number;
}

/** Group of every kubelet (https://kubernetes.io/docs/reference/access-authn-authz/node/). */
const NODES_GROUP = "system:nodes";

const STRICTNESS: Readonly<Record<Mode, number>> = { off: 0, audit: 1, warn: 2, enforce: 3 };

/** The mode of a rule in a namespace: the milder of the two that are set there, the guard's own where none is. */
const modeOf = (settings: GuardSettings, { mode }: NamedRule, namespace: string): Mode => {
  const there = settings.namespaceModes.get(namespace);
  if (mode === undefined) return there ?? settings.mode;
  return there === undefined || STRICTNESS[mode] <= STRICTNESS[there] ? mode : there;
};

/** The image of a static pod, sent by its kubelet: its containers run whatever the answer is. */
const isMirror = (change: Change): boolean =>
  change.object?.type === "endpoint" && change.object.endpoint.mirror && change.requester.groups.includes(NODES_GROUP);

/** A workload's template: what a policy to come could still cure is left to its pods, which controllers retry. */
const isTemplate = (change: Change): boolean => change.type === "endpoint" && change.ref.kind !== "Pod";

/** Whether a violation is refused where its rule is enforced. */
export const isRefused = (settings: GuardSettings, violation: Violation, change: Change): boolean => {
  if (isMirror(change)) return false;
  switch (violation.kind) {
    case "advice":
      return false;
    case "undecided":
      return violation.standing === "new" && settings.onUndecided === "deny";
    case "unenforceable":
      return violation.standing === "new" && settings.onUnenforceable === "deny";
    case "violation":
      if (violation.curable && (change.dryRun || isTemplate(change))) return false;
      return violation.standing === "new" || (violation.standing === "known" && settings.existingWorkloads === "deny");
  }
};

const findingOf = (
  settings: GuardSettings,
  rule: NamedRule,
  mode: Exclude<Mode, "off">,
  violation: Violation,
  change: Change,
): Finding => ({
  code: `${rule.type}/${rule.name}`,
  effect:
    mode === "audit" || violation.standing === "excepted"
      ? "audit"
      : mode === "enforce" && isRefused(settings, violation, change)
        ? "deny"
        : "warn",
  standing: violation.standing,
  kind: violation.kind,
  message: violation.message,
  details: violation.details,
  fix: violation.fix,
  docs: `docs/rules/${rule.type}.md`,
  more: violation.more,
});

const namespaceOf = (change: Change): string => (change.type === "namespace" ? change.ref.name : change.ref.namespace);

/** Whether a change is admitted whatever the state is: nothing enforces anything on it, or it opens nothing. */
export const passesUnjudged = (change: Change, settings: GuardSettings): boolean => {
  const namespace = namespaceOf(change);
  if (settings.exemptNamespaces.has(namespace)) return true;
  if (change.operation === "DELETE" && change.type !== "policy") return true;
  return settings.rules.every((rule) => modeOf(settings, rule, namespace) === "off");
};

/** What becomes of a change that could not be judged. */
export const refusesUndecided = (change: Change, settings: GuardSettings): boolean =>
  settings.onUndecided === "deny" &&
  !isMirror(change) &&
  settings.rules.some((rule) => modeOf(settings, rule, namespaceOf(change)) === "enforce");

/** Whether a change is judged by a rule that wants everything in the state that the API server has. */
export const wantsEverything = (change: Change, settings: GuardSettings): boolean =>
  !passesUnjudged(change, settings) &&
  settings.rules.some(
    (rule) => rule.consistency === "linearizable" && modeOf(settings, rule, namespaceOf(change)) !== "off",
  );

/** Whether a denial must not rest on the watched state alone: no rule that denies is content with it. */
export const wantsConfirmation = (verdict: Verdict, settings: GuardSettings): boolean =>
  verdict.kind === "deny" &&
  verdict.findings
    .filter(({ effect }) => effect === "deny")
    .every(({ code }) =>
      settings.rules.some((rule) => `${rule.type}/${rule.name}` === code && rule.consistency !== "cached"),
    );

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
  readonly rule: NamedRule;
  readonly mode: Exclude<Mode, "off">;
  readonly violations: readonly Violation[];
}

/** All that rules find wrong with a change. Throws what they throw. */
export const findViolations = (
  state: ClusterIndex,
  change: Change,
  settings: GuardSettings,
  tick: () => void,
  past: Past,
  told: Pick<PrecedentOptions, "onFound" | "onNew"> = {},
): readonly Found[] => {
  const harmless = harmlessUnder(settings);
  const identity = knownIdentity(state, change);
  const isHarmless = identity !== undefined && harmless.has(identity, state);
  const open = isHarmless ? settings.rules.filter(({ rule }) => !rule.byClass) : settings.rules;
  if (open.length === 0) return [];
  prepare(state, settings);
  const after = withChange(state, change);
  const transition = { before: state, after, change, tick };
  const found = open.flatMap((rule): readonly Found[] => {
    const mode = modeOf(settings, rule, namespaceOf(change));
    if (mode === "off") return [];
    const options = { state, after, change, exceptions: settings.exceptions, past, ...told };
    return [{ rule, mode, violations: rule.rule.judge(transition, precedentsFor(rule.name, options)) }];
  });
  if (identity !== undefined && !found.some(({ rule, violations }) => rule.rule.byClass && violations.length > 0))
    harmless.add(identity, after.classOf(change.ref), state);
  return found;
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
  past: Past = NO_PAST,
): Verdict => {
  if (passesUnjudged(change, settings)) return { kind: "allow", findings: [] };
  try {
    const ends: Ends[] = [];
    const onNew = (found: Ends): void => void ends.push(found);
    const findings = findViolations(state, change, settings, tick, past, { onNew }).flatMap(
      ({ rule, mode, violations }) => violations.map((violation) => findingOf(settings, rule, mode, violation, change)),
    );
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
