import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { Endpoint } from "../model/objects.ts";
import type { Change } from "./change.ts";
import { findViolations, judge } from "./guard.ts";
import { isRefused, passesUnjudged } from "./refusal.ts";
import type { GuardSettings } from "./settings.ts";
import type { UnsupportedLanguage } from "./unsupported.ts";
import { maybeCured } from "./unsupported-findings.ts";
import type { Past } from "./past.ts";
import type { Precedent } from "./precedents.ts";
import type { Finding } from "./verdict.ts";

/** What one rule finds wrong with an endpoint that is there. */
export interface PresentViolation {
  readonly rule: string;
  /** `type/name`. */
  readonly code: string;
  readonly precedents: readonly Precedent[];
  /** Whether a request that brought it would have been refused. */
  readonly refusable: boolean;
}

/** What judging rests on beside the state and the settings. */
export interface Circumstances {
  readonly past: Past;
  readonly unsupported: readonly UnsupportedLanguage[];
}

const NOBODY = { name: "", groups: [] };

/** No object can have this name, so that one more is nobody who is there. */
const anotherOne = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  ref: { ...endpoint.ref, name: `${endpoint.ref.name}\u0000` },
  phase: "pending",
});

const creationOf = (endpoint: Endpoint): Change => ({
  operation: "CREATE",
  ref: endpoint.ref,
  type: "endpoint",
  object: { type: "endpoint", ref: endpoint.ref, endpoint },
  old: undefined,
  dryRun: false,
  requester: NOBODY,
});

/**
 * What is wrong with an endpoint that is there: just what one more like it would be found guilty of. That is what it
 * will be asked about when it comes again. Throws what rules throw.
 */
export const presentViolations = (
  state: ClusterIndex,
  endpoint: Endpoint,
  settings: GuardSettings,
  tick: () => void,
  { past, unsupported }: Circumstances,
): readonly PresentViolation[] => {
  const change = creationOf(anotherOne(endpoint));
  if (passesUnjudged(change, settings)) return [];
  const precedents = new Map<string, Precedent[]>();
  const note = (rule: string, precedent: Precedent): void => {
    precedents.set(rule, [...(precedents.get(rule) ?? []), precedent]);
  };
  const { found } = findViolations(state, change, settings, tick, past, { onFound: note });
  return found.flatMap(({ rule, violations }) => {
    const own = precedents.get(rule.name);
    if (own === undefined) return [];
    const refusable =
      rule.mode === "enforce" &&
      !endpoint.mirror &&
      violations.some(
        (violation) =>
          violation.standing !== "excepted" &&
          isRefused(
            settings,
            { ...violation, standing: "new" },
            change,
            unsupported.length > 0 && maybeCured(rule.rule, violation, change),
          ),
      );
    return [{ rule: rule.name, code: rule.code, precedents: own, refusable }];
  });
};

/** The same in words, of these rules only: what an update of the endpoint that changes nothing is told. */
export const presentFindings = (
  state: ClusterIndex,
  endpoint: Endpoint,
  settings: GuardSettings,
  codes: ReadonlySet<string>,
  tick: () => void,
  { past, unsupported }: Circumstances,
): readonly Finding[] => {
  const creation = creationOf(endpoint);
  const verdict = judge(
    state,
    { ...creation, operation: "UPDATE", old: creation.object },
    settings,
    tick,
    unsupported,
    past,
  );
  return verdict.kind === "undecided" ? [] : verdict.findings.filter(({ code }) => codes.has(code));
};
