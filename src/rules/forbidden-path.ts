import { subtractAddresses, ALL_ADDRESSES, type AddressSet } from "../model/addresses.ts";
import { newlyReachable, type Path, type Transition } from "../engine/delta.ts";
import { matchesAnyNetwork } from "../engine/endpoint-class.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { classText } from "../engine/words.ts";
import { newlyOpenToAddresses } from "./path-addresses.ts";
import { pairViolations } from "./path-pairs.ts";
import { pathEnd, ports, type PathEnd } from "./options.ts";
import { defineRule, type Violation } from "./rule.ts";

const endpointsOf = (end: PathEnd): EndpointSelector | undefined =>
  end.kind === "endpoints" ? end.endpoints : undefined;

/** Addresses that an end outside the cluster stands for. */
const addressesOf = (end: PathEnd, podAddresses: AddressSet): AddressSet | undefined =>
  end.kind === "addresses"
    ? end.cidr
    : end.kind === "external"
      ? subtractAddresses(ALL_ADDRESSES, podAddresses)
      : undefined;

const FIX_HOST_NETWORK = "run it without hostNetwork, or keep it out of the rule's ends by namespace";

/** A hostNetwork pod at an end of the path cannot be policed: no policy selects it. */
const unenforceable = (
  { before, after, change }: Transition,
  ends: readonly EndpointSelector[],
): readonly Violation[] => {
  if (change.type !== "endpoint" && change.type !== "namespace") return [];
  const subject = change.type === "endpoint" ? after.classOf(change.ref) : undefined;
  const touched =
    change.type === "namespace" ? [...after.classesIn(change.ref.name)] : subject === undefined ? [] : [subject];
  return touched
    .filter((cls) => cls.hostNetwork && ends.some((end) => matchesAnyNetwork(end, cls) === true))
    .map((cls) => {
      const origin = after.origin(cls);
      const old = origin !== undefined && ends.some((end) => before.set(end).has(origin));
      return {
        kind: "unenforceable" as const,
        standing: old ? ("existing" as const) : ("new" as const),
        curable: false,
        message: `${classText(cls)} shares its node's network (hostNetwork): no policy can keep it from this path`,
        details: [],
        fix: FIX_HOST_NETWORK,
        more: 0,
      };
    });
};

/**
 * Fields: everything that opens a path: policies, and labels of pods and namespaces. Passes: no endpoint that matches
 * `from` reaches another one that matches `to` on any of the ports, or it did so before the change.
 */
export const forbiddenPath = defineRule({
  type: "forbidden-path",
  options: { from: pathEnd, to: pathEnd, ports },
  compile: ({ from, to, ports: forbidden }, { podCIDRs }) => {
    const ends = [endpointsOf(from), endpointsOf(to)].filter((end) => end !== undefined);
    const source = endpointsOf(from);
    const destination = endpointsOf(to);
    const sourceAddresses = addressesOf(from, podCIDRs);
    const destinationAddresses = addressesOf(to, podCIDRs);
    const judgePairs = (transition: Transition, path: Path): readonly Violation[] =>
      pairViolations(transition, path, newlyReachable(transition, path));
    return {
      ends,
      judge: (transition) => [
        ...(source && destination ? judgePairs(transition, { from: source, to: destination, ports: forbidden }) : []),
        ...(sourceAddresses && destination
          ? newlyOpenToAddresses(transition, destination, "ingress", sourceAddresses, forbidden)
          : []),
        ...(destinationAddresses && source
          ? newlyOpenToAddresses(transition, source, "egress", destinationAddresses, forbidden)
          : []),
        ...unenforceable(transition, ends),
      ],
    };
  },
});
