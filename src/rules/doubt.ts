import type { Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import type { Direction, Policy } from "../model/policies.ts";
import type { Standing } from "./rule.ts";

/** How a doubt that a policy which cannot be understood casts on an endpoint stands to what was there before. */
export const doubtStanding = (
  { before, after, change }: Transition,
  policy: Policy,
  cls: EndpointClass | undefined,
  direction: Direction,
): Standing => {
  if (change.type === "policy") return before.policy(policy.ref) === policy ? "existing" : "new";
  const origin = cls && after.origin(cls);
  const governed =
    origin !== undefined && before.governing(origin, direction).some(({ policies }) => policies.includes(policy));
  if (governed) return "existing";
  const twins = change.object?.type === "endpoint" ? before.runningTwins(change.object.endpoint) : [];
  return twins.length > 0 ? "known" : "new";
};
