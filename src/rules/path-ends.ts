import type { Transition } from "../engine/transition.ts";
import { matchesAnyNetwork, type EndpointClass } from "../engine/endpoint-class.ts";
import { changeText, classText } from "../engine/words.ts";
import { ALL_ADDRESSES, subtractAddresses, type AddressSet } from "../model/addresses.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { ALL } from "../model/selectors.ts";
import { pathEnd, type PathEnd } from "./options.ts";
import { caseOf, type Precedents } from "./precedents.ts";
import type { Violation } from "./rule.ts";

/** Every endpoint. One object, so that its set is kept once. */
export const EVERYBODY: EndpointSelector = { namespaces: ALL, pods: ALL };

/** An end that must be endpoints: addresses outside cannot be held to anything. */
export const endpointEnd = pathEnd.transform((end, context): EndpointSelector => {
  if (end.kind === "endpoints") return end.endpoints;
  context.addIssue({ code: "custom", message: "expected selectors, namespaces or serviceAccounts, found addresses" });
  return EVERYBODY;
});

/** The endpoints that an end stands for; undefined where it is addresses. */
export const endpointsOf = (end: PathEnd): EndpointSelector | undefined =>
  end.kind === "endpoints" ? end.endpoints : undefined;

/** Whether a class surely is one of these endpoints; nobody is where the end is addresses. */
export const isOf = (end: EndpointSelector | undefined, cls: EndpointClass): boolean =>
  end !== undefined && matchesAnyNetwork(end, cls) === true;

/** The addresses that an end outside the cluster stands for; undefined where it is endpoints. */
export const addressesOf = (end: PathEnd, podAddresses: AddressSet): AddressSet | undefined => {
  switch (end.kind) {
    case "addresses":
      return end.cidr;
    case "external":
      return subtractAddresses(ALL_ADDRESSES, podAddresses);
    case "endpoints":
      return undefined;
  }
};

/** The classes whose labels or namespace a change touches, as they are after it. */
const relabelledClasses = ({ after, change }: Transition): readonly EndpointClass[] => {
  if (change.type === "policy") return [];
  if (change.type === "namespace") return [...after.classesIn(change.ref.name)];
  const cls = after.classOf(change.ref);
  return cls === undefined ? [] : [cls];
};

/** hostNetwork endpoints that a change brings to an end of a path: no policy selects them. */
export const unenforceableEnds = (
  transition: Transition,
  isEnd: (cls: EndpointClass) => boolean,
  precedents: Precedents,
): readonly Violation[] => {
  const { before, after, change } = transition;
  const isKnown = change.object?.type === "endpoint" && before.runningTwins(change.object.endpoint).length > 0;
  return relabelledClasses(transition)
    .filter((cls) => cls.hostNetwork && isEnd(cls))
    .map((cls) => {
      const origin = after.origin(cls);
      return {
        kind: "unenforceable",
        standing: precedents.standing(
          origin !== undefined && isEnd(origin) ? "existing" : isKnown ? "known" : "new",
          caseOf(cls, "hostNetwork"),
        ),
        curable: false,
        message: `${classText(cls)} shares its node's network (hostNetwork): no policy can keep it from this path`,
        details: [],
        fix: "run it without hostNetwork, or keep it out of the rule's ends by namespace",
        more: 0,
      };
    });
};

/** Endpoints that a relabelling takes out of an end of the rule: nobody is held to the rule there any more. */
export const slippingOut = (transition: Transition, ends: readonly EndpointSelector[]): readonly Violation[] => {
  const slipped = relabelledClasses(transition).filter((cls) => {
    const origin = transition.after.origin(cls);
    return (
      origin !== undefined &&
      ends.some((end) => matchesAnyNetwork(end, origin) === true && matchesAnyNetwork(end, cls) === false)
    );
  });
  const [first, ...others] = slipped;
  if (first === undefined) return [];
  return [
    {
      kind: "advice",
      standing: "new",
      curable: false,
      message: `${changeText(transition.change)} takes ${classText(first)} out of this rule: it is not judged for it any more`,
      details: [],
      fix: "name the ends of the rule by namespaces and service accounts if labels must not decide",
      more: others.length,
    },
  ];
};
