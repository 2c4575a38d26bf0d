import type { ClusterIndex } from "../engine/cluster-index.ts";
import { isUnchanged } from "../engine/unchanged.ts";
import type { Violation } from "../rules/rule.ts";
import type { Change } from "./change.ts";
import { rulesInForce, type GuardSettings, type RuleInForce } from "./settings.ts";
import type { UnsupportedLanguage } from "./unsupported.ts";
import { maybeCured } from "./unsupported-findings.ts";
import type { Finding, Verdict } from "./verdict.ts";

/** Group of every kubelet (https://kubernetes.io/docs/reference/access-authn-authz/node/). */
const NODES_GROUP = "system:nodes";

/** The image of a static pod, sent by its kubelet: its containers run whatever the answer is. */
export const isMirror = (change: Change): boolean =>
  change.object?.type === "endpoint" && change.object.endpoint.mirror && change.requester.groups.includes(NODES_GROUP);

/** A workload's template: what a policy to come could still cure is left to its pods, which controllers retry. */
const isTemplate = (change: Change): boolean => change.type === "endpoint" && change.ref.kind !== "Pod";

/** Whether a violation is refused where its rule is enforced; `unsettled`: policies that are not judged may have ended it. */
export const isRefused = (
  settings: GuardSettings,
  violation: Violation,
  change: Change,
  unsettled: boolean,
): boolean => {
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
      if (unsettled) return violation.standing === "new" && settings.onUnsupportedLanguage === "deny";
      return violation.standing === "new" || (violation.standing === "known" && settings.existingWorkloads === "deny");
  }
};

/** How what a rule finds stands: an update that leaves alone whatever is judged, such as that of a finalizer, brings nothing. */
export const settled = (
  state: ClusterIndex,
  { operation, ref, type, object }: Change,
  violation: Violation,
): Violation =>
  operation === "UPDATE" &&
  (violation.standing === "new" || violation.standing === "known") &&
  isUnchanged(state.object(ref, type), object)
    ? { ...violation, standing: "existing" }
    : violation;

/** What is done about a violation of a rule in force. */
export const findingOf = (
  settings: GuardSettings,
  { code, type, mode, rule }: RuleInForce,
  violation: Violation,
  change: Change,
  unsupported: readonly UnsupportedLanguage[],
): Finding => {
  const unsettled = unsupported.length > 0 && maybeCured(rule, violation, change);
  const isDenied = mode === "enforce" && isRefused(settings, violation, change, unsettled);
  return {
    code,
    effect: mode === "audit" || violation.standing === "excepted" ? "audit" : isDenied ? "deny" : "warn",
    standing: violation.standing,
    kind: unsettled ? "undecided" : violation.kind,
    message: violation.message,
    details: violation.details,
    fix: violation.fix,
    fields: violation.fields,
    docs: `docs/rules/${type}.md`,
    more: violation.more,
  };
};

/** The namespace whose settings hold for a change: its own for a Namespace. */
export const namespaceOf = (change: Change): string =>
  change.type === "namespace" ? change.ref.name : change.ref.namespace;

/** Whether a change is admitted whatever the state is: nothing enforces anything on it, or it opens nothing. */
export const passesUnjudged = (change: Change, settings: GuardSettings): boolean => {
  const namespace = namespaceOf(change);
  if (settings.exemptNamespaces.has(namespace)) return true;
  if (change.operation === "DELETE" && change.type !== "policy") return true;
  return rulesInForce(settings, namespace).length === 0;
};

/** Deleting what is in a terminating namespace always passes: it could not end otherwise. */
export const isTeardown = (state: ClusterIndex, { operation, ref }: Change): boolean =>
  operation === "DELETE" && state.namespace(ref.namespace).terminating;

/** What becomes of a change that could not be judged. */
export const refusesUndecided = (change: Change, settings: GuardSettings): boolean =>
  settings.onUndecided === "deny" &&
  !isMirror(change) &&
  rulesInForce(settings, namespaceOf(change)).some(({ mode }) => mode === "enforce");

/** Whether a change is judged by a rule that wants everything in the state that the API server has. */
export const wantsEverything = (change: Change, settings: GuardSettings): boolean =>
  settings.rules.some(({ consistency }) => consistency === "linearizable") &&
  !passesUnjudged(change, settings) &&
  rulesInForce(settings, namespaceOf(change)).some(({ consistency }) => consistency === "linearizable");

/** Whether a denial must not rest on the watched state alone: no rule that denies is content with it. */
export const wantsConfirmation = (verdict: Verdict, { rules }: GuardSettings): boolean =>
  verdict.kind === "deny" &&
  !verdict.findings.some(
    ({ code, effect }) =>
      effect === "deny" &&
      rules.some(({ type, name, consistency }) => `${type}/${name}` === code && consistency === "cached"),
  );
