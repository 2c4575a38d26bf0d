import { subtractAddresses, ALL_ADDRESSES, type AddressSet } from "../model/addresses.ts";
import { newlyReachable, type Path, type Transition } from "../engine/delta.ts";
import { matchesAnyNetwork, type EndpointClass } from "../engine/endpoint-class.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { changeText, classText } from "../engine/words.ts";
import { imaginedPaths } from "./imagined-paths.ts";
import { likelyByAddress } from "./likely-addresses.ts";
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

/** The classes whose labels or namespace a change touches, as they are after it. */
const relabelled = ({ after, change }: Transition): readonly EndpointClass[] => {
  if (change.type === "policy") return [];
  if (change.type === "namespace") return [...after.classesIn(change.ref.name)];
  const cls = after.classOf(change.ref);
  return cls === undefined ? [] : [cls];
};

const FIX_HOST_NETWORK = "run it without hostNetwork, or keep it out of the rule's ends by namespace";

const hasTwin = ({ before, change }: Transition): boolean =>
  change.object?.type === "endpoint" && before.runningTwins(change.object.endpoint).length > 0;

/** A hostNetwork pod at an end of the path cannot be policed: no policy selects it. */
const unenforceable = (transition: Transition, ends: readonly EndpointSelector[]): readonly Violation[] =>
  relabelled(transition)
    .filter((cls) => cls.hostNetwork && ends.some((end) => matchesAnyNetwork(end, cls) === true))
    .map((cls) => {
      const origin = transition.after.origin(cls);
      const old = origin !== undefined && ends.some((end) => transition.before.set(end).has(origin));
      return {
        kind: "unenforceable",
        standing: old ? "existing" : hasTwin(transition) ? "known" : "new",
        curable: false,
        message: `${classText(cls)} shares its node's network (hostNetwork): no policy can keep it from this path`,
        details: [],
        fix: FIX_HOST_NETWORK,
        more: 0,
      };
    });

/** An endpoint that a relabelling takes out of an end of the rule: nobody is held to the rule there any more. */
const slippingOut = (transition: Transition, ends: readonly EndpointSelector[]): readonly Violation[] => {
  const slipped = relabelled(transition).filter((cls) => {
    const origin = transition.after.origin(cls);
    return (
      origin !== undefined &&
      ends.some((end) => transition.before.set(end).has(origin) && matchesAnyNetwork(end, cls) === false)
    );
  });
  const [first, ...others] = slipped;
  if (first === undefined) return [];
  return [
    {
      kind: "advice",
      standing: "new",
      curable: false,
      message: `${changeText(transition.change)} takes ${classText(first)} out of this rule: the path is not judged for it any more`,
      details: [],
      fix: "name the ends of the rule by namespaces and service accounts if labels must not decide",
      more: others.length,
    },
  ];
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
    const judgePairs = (transition: Transition, path: Path): readonly Violation[] => {
      const violations = pairViolations(transition, path, newlyReachable(transition, path));
      if (violations.some(({ standing }) => standing === "new")) return violations;
      return [...violations, ...imaginedPaths(transition, path), ...likelyByAddress(transition, path, podCIDRs)];
    };
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
        ...slippingOut(transition, ends),
      ],
    };
  },
});
