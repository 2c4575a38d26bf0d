import { newlyReachable } from "../engine/delta.ts";
import type { Path, Transition } from "../engine/transition.ts";
import { matchesAnyNetwork } from "../engine/endpoint-class.ts";
import { NO_PORTS } from "../model/ports.ts";
import { imaginedPaths } from "./imagined-paths.ts";
import { likelyByAddress } from "./likely-addresses.ts";
import { pathEnd, ports } from "./options.ts";
import { newlyOpenToAddresses } from "./path-addresses.ts";
import { addressesOf, endpointsOf, isOf, slippingOut, unenforceableEnds } from "./path-ends.ts";
import { pairViolations } from "./path-pairs.ts";
import type { Precedents } from "./precedents.ts";
import { defineRule, type Violation } from "./rule.ts";

/**
 * Fields: everything that opens a path: policies, and labels of pods and namespaces. Passes: no endpoint that matches
 * `from` reaches another one that matches `to` on any of the ports, or it did so before the change.
 */
export const forbiddenPath = defineRule({
  type: "forbidden-path",
  summary: "No endpoint of `from` reaches another one of `to` on any of the ports.",
  options: {
    from: pathEnd.describe("Who must not get there."),
    to: pathEnd.describe("Where they must not get to."),
    ports: ports.describe("On which ports; none: on any."),
  },
  compile: ({ from, to, ports: forbidden }, { podCIDRs }) => {
    const ends = [endpointsOf(from), endpointsOf(to)].filter((end) => end !== undefined);
    const source = endpointsOf(from);
    const destination = endpointsOf(to);
    const sourceAddresses = addressesOf(from, podCIDRs);
    const destinationAddresses = addressesOf(to, podCIDRs);
    const judgePairs = (transition: Transition, path: Path, precedents: Precedents): readonly Violation[] => {
      const violations = pairViolations(transition, path, newlyReachable(transition, path), precedents);
      if (violations.some(({ standing }) => standing === "new")) return violations;
      return [...violations, ...imaginedPaths(transition, path), ...likelyByAddress(transition, path, podCIDRs)];
    };
    return {
      ends,
      byClass: true,
      dependsOnReachability: true,
      forbids: {
        between: (one, other) => (isOf(source, one) && isOf(destination, other) ? forbidden : NO_PORTS),
        outside: (cls, direction) => {
          const [own, addresses] =
            direction === "ingress" ? [destination, sourceAddresses] : [source, destinationAddresses];
          return addresses !== undefined && isOf(own, cls) ? { ports: forbidden, addresses } : undefined;
        },
      },
      judge: (transition, precedents) => [
        ...(source && destination
          ? judgePairs(transition, { from: source, to: destination, ports: forbidden }, precedents)
          : []),
        ...(sourceAddresses && destination
          ? newlyOpenToAddresses(transition, destination, "ingress", sourceAddresses, forbidden, precedents)
          : []),
        ...(destinationAddresses && source
          ? newlyOpenToAddresses(transition, source, "egress", destinationAddresses, forbidden, precedents)
          : []),
        ...unenforceableEnds(transition, (cls) => ends.some((end) => matchesAnyNetwork(end, cls) === true), precedents),
        ...slippingOut(transition, ends),
      ],
    };
  },
});
