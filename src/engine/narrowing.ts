import { DIRECTIONS, type Direction, type Policy, type Rule } from "../model/policies.ts";
import { matchesClass, type EndpointClass } from "./endpoint-class.ts";
import { touchedClasses } from "./touched.ts";
import type { Transition } from "./transition.ts";
import { isSame } from "./unchanged.ts";

const NO_RULES: readonly Rule[] = [];

const rulesOf = (policy: Policy | undefined, direction: Direction): readonly Rule[] => policy?.[direction] ?? NO_RULES;

/** What a rule says, wherever it stands. */
const saying = ({ peers, ...rule }: Rule): unknown => ({
  ...rule,
  path: "",
  peers: peers?.map((peer) => ({ ...peer, path: "" })),
});

/** Whether rules are what is left of others, in the same order: one look at each, however many there are. */
const areLeftOf = (rules: readonly Rule[], others: readonly Rule[], tick: () => void): boolean => {
  let at = 0;
  for (const other of others) {
    tick();
    const rule = rules[at];
    if (rule === undefined) return true;
    if (isSame(saying(rule), saying(other))) at++;
  }
  return at === rules.length;
};

const selects = (policy: Policy | undefined, cls: EndpointClass): boolean =>
  policy !== undefined && matchesClass(policy.subject, cls) !== false;

const isUnderstood = (policy: Policy | undefined): boolean => policy === undefined || policy.problems.length === 0;

/**
 * Whether a change of a policy lets nobody through whom it did not let through before, whatever policies of other
 * languages say: no endpoint gets a rule that it had not, and none that was isolated is so no more.
 */
export const onlyNarrows = (transition: Transition): boolean => {
  const { before, after, change, tick } = transition;
  const then = before.policy(change.ref);
  const now = after.policy(change.ref);
  if (!isUnderstood(then) || !isUnderstood(now)) return false;
  return DIRECTIONS.every((direction) => {
    const rules = rulesOf(now, direction);
    const addsNone = areLeftOf(rules, rulesOf(then, direction), tick);
    return touchedClasses(transition, direction).every((cls) => {
      tick();
      if (before.governing(cls, direction).length > 0 && after.governing(cls, direction).length === 0) return false;
      return rules.length === 0 || !selects(now, cls) || (addsNone && selects(then, cls));
    });
  });
};
