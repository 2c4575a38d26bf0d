import { allPorts, type PortSet } from "../model/ports.ts";
import { pathEnd, ports } from "./options.ts";
import { addressesOf, endpointEnd, endpointsOf } from "./path-ends.ts";
import { cutOffFromAddresses } from "./required-addresses.ts";
import { cutOffSources } from "./required-endpoints.ts";
import { defineRule } from "./rule.ts";
import { closedViolations } from "./closed-sources.ts";

const requiredPorts = ports.refine((set: PortSet) => !allPorts(set), {
  error: "expected at least one port, found none",
});

const requiredEnd = pathEnd.refine(({ kind }) => kind !== "external", {
  error: "expected selectors or a cidr, found external: true",
});

/**
 * Fields: everything that closes a path: policies, and labels of pods and namespaces. Passes: on each of the ports, every
 * endpoint that matches `from` reaches at least one endpoint that matches `to` (itself counts), or all of the addresses
 * of `to`; or there is no such endpoint, or it was closed before.
 */
export const requiredPath = defineRule({
  type: "required-path",
  summary: "Every endpoint of `from` reaches one of `to` (or all of its addresses) on each of the ports.",
  options: {
    from: endpointEnd.describe("Who must get there: endpoints."),
    to: requiredEnd.describe("Where they must get to: endpoints, or all addresses of a cidr."),
    ports: requiredPorts.describe("On each of these ports; at least one."),
  },
  compile: ({ from, to, ports: required }, { podCIDRs }) => {
    const destination = endpointsOf(to);
    const addresses = addressesOf(to, podCIDRs);
    return {
      ends: destination === undefined ? [from] : [from, destination],
      byClass: true,
      dependsOnReachability: true,
      judge: (transition, precedents) => [
        ...(destination
          ? closedViolations(
              transition,
              cutOffSources(transition, { from, to: destination, ports: required }, precedents),
            )
          : []),
        ...(addresses
          ? closedViolations(
              transition,
              cutOffFromAddresses(transition, { from, addresses, ports: required }, precedents),
            )
          : []),
      ],
    };
  },
});
