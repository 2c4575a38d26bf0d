import type { Direction } from "../model/policies.ts";
import type { Transition } from "./transition.ts";
import type { EndpointClass } from "./endpoint-class.ts";

/** The classes whose own `direction` a change touches, as they are after it. */
export const touchedClasses = (
  { before, after, change }: Transition,
  direction: Direction,
): readonly EndpointClass[] => {
  switch (change.type) {
    case "policy": {
      const policies = [before.policy(change.ref), after.policy(change.ref)].filter(
        (policy) => policy?.[direction] !== undefined,
      );
      const [first, ...others] = policies.map((policy) =>
        policy === undefined ? [] : [...after.select(policy.subject)],
      );
      return others.length === 0 ? (first ?? []) : [...new Set([...(first ?? []), ...others.flat()])];
    }
    case "namespace":
      return [...after.classesIn(change.ref.name)];
    case "endpoint": {
      const cls = after.classOf(change.ref);
      return cls === undefined ? [] : [cls];
    }
  }
};
