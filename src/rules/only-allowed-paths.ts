import { z } from "zod";
import { newlyReachable, type PairReach } from "../engine/delta.ts";
import type { Path, Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { ALL_ADDRESSES, noAddresses, subtractAddresses } from "../model/addresses.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { NO_PORTS, unionPorts } from "../model/ports.ts";
import { pathEnd, ports } from "./options.ts";
import { newlyOpenToAddresses } from "./path-addresses.ts";
import { addressesOf, endpointEnd, endpointsOf, EVERYBODY, isOf, slippingOut, unenforceableEnds } from "./path-ends.ts";
import { pairViolations } from "./path-pairs.ts";
import { defineRule } from "./rule.ts";

type IsAllowed = (source: EndpointClass) => boolean;

/** Pairs of the path whose source is none of those allowed; what passed while it was one counts as opened. */
function* trespassing(transition: Transition, path: Path, isAllowed: IsAllowed): Iterable<PairReach> {
  for (const pair of newlyReachable(transition, path)) {
    if (isAllowed(pair.from)) continue;
    const origin = transition.after.origin(pair.from);
    yield origin !== undefined && isAllowed(origin)
      ? { ...pair, opened: unionPorts(pair.opened, pair.kept), kept: NO_PORTS }
      : pair;
  }
}

const isEmpty = (transition: Transition, end: EndpointSelector): boolean => {
  for (const _ of transition.after.set(end).classes()) return false;
  return true;
};

/**
 * Fields: everything that opens a path: policies, and labels of pods and namespaces. Passes: nobody but the ends of
 * `from` reaches an endpoint that matches `to` on any of the ports, neither another endpoint nor an address outside; or
 * they did so before the change.
 */
export const onlyAllowedPaths = defineRule({
  type: "only-allowed-paths",
  summary: "Nobody but the ends of `from` reaches an endpoint of `to` on any of the ports.",
  options: {
    to: endpointEnd.describe("Who is guarded: endpoints."),
    from: z.array(pathEnd).describe("Who gets in; an empty list: nobody."),
    ports: ports.describe("Which ports are guarded; none: all."),
  },
  compile: ({ to, from, ports: guarded }, { podCIDRs }) => {
    const allowed = from.map(endpointsOf).filter((end) => end !== undefined);
    const strangers = from
      .map((end) => addressesOf(end, podCIDRs))
      .filter((addresses) => addresses !== undefined)
      .reduce(subtractAddresses, ALL_ADDRESSES);
    const path: Path = { from: EVERYBODY, to, ports: guarded };
    const isAllowed: IsAllowed = (source) => allowed.some((end) => isOf(end, source));
    return {
      ends: [EVERYBODY, to, ...allowed],
      byClass: true,
      dependsOnReachability: true,
      forbids: {
        between: (source, cls) => (isOf(to, cls) && !isAllowed(source) ? guarded : NO_PORTS),
        outside: (cls, direction) =>
          direction === "ingress" && isOf(to, cls) ? { ports: guarded, addresses: strangers } : undefined,
      },
      judge: (transition, precedents) => [
        ...(noAddresses(strangers)
          ? []
          : newlyOpenToAddresses(transition, to, "ingress", strangers, guarded, precedents)),
        ...pairViolations(transition, path, trespassing(transition, path, isAllowed), precedents),
        ...(isEmpty(transition, to) ? [] : unenforceableEnds(transition, (cls) => !isAllowed(cls), precedents)),
        ...slippingOut(transition, [to]),
      ],
    };
  },
});
