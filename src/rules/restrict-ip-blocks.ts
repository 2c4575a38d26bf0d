import { z } from "zod";
import type { Transition } from "../engine/transition.ts";
import { matchesClass, type EndpointClass } from "../engine/endpoint-class.ts";
import { blockGrants, imaginedSubject, speaksOfAddresses, subtractGrants, type BlockGrant } from "../engine/grants.ts";
import { touchedClasses } from "../engine/touched.ts";
import { changeText, classText, grantsText } from "../engine/words.ts";
import { cidrsText } from "../model/address-text.ts";
import { intersectAddresses, noAddresses, unionOfAddresses } from "../model/addresses.ts";
import { refText, type NamedPort } from "../model/objects.ts";
import type { Direction, Policy } from "../model/policies.ts";
import { ALL_PORTS, portsText } from "../model/ports.ts";
import { CLOSED, differsByPort, openingOf, OpeningBook, type Limits, type Opening } from "./block-openings.ts";
import { doubtStanding } from "./doubt.ts";
import { cidr, direction as directionOption } from "./options.ts";
import type { Precedents } from "./precedents.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

/** Prefix lengths by family. */
const prefixes = (ipv4: number, ipv6: number) =>
  z
    .strictObject({ ipv4: z.int().min(0).max(32).default(ipv4), ipv6: z.int().min(0).max(128).default(ipv6) })
    .default({ ipv4, ipv6 });

const NO_GRANTS: readonly BlockGrant[] = [];

/** What is judged: one policy as if it selected a pod, or all policies of classes that they open alike. */
interface Target {
  /** None where it is the policy alone. */
  readonly classes: readonly EndpointClass[];
  readonly now: Opening;
  readonly then: Opening;
  /** What running pods of the same identity are open to. */
  readonly twins: readonly Opening[];
}

const policyTarget = ({ before, after, change, tick }: Transition, limits: Limits): readonly Target[] => {
  const now = change.type === "policy" ? after.policy(change.ref) : undefined;
  if (now === undefined) return [];
  const then = before.policy(change.ref);
  if (now[limits.direction]?.some(speaksOfAddresses) !== true) return [];
  const subject = imaginedSubject(then === undefined ? [now] : [now, then], after.namespace(change.ref.namespace));
  const opening = (policy: Policy | undefined): Opening =>
    policy === undefined ? CLOSED : openingOf(blockGrants([policy], limits.direction, subject), limits, tick);
  return [{ classes: [], now: opening(now), then: opening(then), twins: [] }];
};

/** What a policy opens by address to classes that it selects; the same for all of them, but where it names ports. */
const ownGrants = (
  policy: Policy | undefined,
  direction: Direction,
): ((cls: EndpointClass) => readonly BlockGrant[]) => {
  if (policy?.[direction]?.some(speaksOfAddresses) !== true) return () => NO_GRANTS;
  if (!differsByPort([policy], direction)) {
    let grants: readonly BlockGrant[] | undefined;
    return (cls) => (grants ??= blockGrants([policy], direction, cls));
  }
  const known = new Map<readonly NamedPort[], readonly BlockGrant[]>();
  return (cls) => {
    const grants = known.get(cls.namedPorts) ?? blockGrants([policy], direction, cls);
    known.set(cls.namedPorts, grants);
    return grants;
  };
};

interface OpenClasses extends Target {
  readonly classes: EndpointClass[];
  readonly own: readonly BlockGrant[];
}

/** Classes whose policies change, those together that are open to the same before and after. */
const policyTargets = (transition: Transition, limits: Limits, book: OpeningBook): readonly Target[] => {
  const { before, after, change, tick } = transition;
  const now = after.policy(change.ref);
  const then = before.policy(change.ref);
  const grantsOf = ownGrants(now, limits.direction);
  const targets = new Map<readonly BlockGrant[], Map<Opening, OpenClasses>>();
  let last: OpenClasses | undefined;
  for (const cls of touchedClasses(transition, limits.direction)) {
    if (cls.hostNetwork) continue;
    const old = book.of(before, cls, tick);
    const isSelected = now !== undefined && (then === undefined || matchesClass(now.subject, cls) !== false);
    const own = isSelected ? grantsOf(cls) : NO_GRANTS;
    if (last?.then === old && last.own === own) {
      last.classes.push(cls);
      continue;
    }
    const alike = targets.get(own) ?? new Map<Opening, OpenClasses>();
    last = alike.get(old);
    if (last !== undefined) last.classes.push(cls);
    else {
      const kept = old.grants.filter(({ policy }) => policy !== then);
      const isSame = own.length === 0 && kept.length === old.grants.length;
      const opening = isSame ? old : openingOf([...own, ...kept], limits, tick);
      last = { classes: [cls], now: opening, then: old, twins: [], own };
      targets.set(own, alike.set(old, last));
    }
  }
  return [...targets.values()].flatMap((alike) => [...alike.values()]);
};

const endpointTargets = (transition: Transition, book: OpeningBook): readonly Target[] => {
  const { before, after, change, tick } = transition;
  const cls = after.classOf(change.ref);
  if (cls === undefined || cls.hostNetwork || change.object?.type !== "endpoint") return [];
  const origin = after.origin(cls);
  const now = book.of(after, cls, tick);
  const twins = now.excess.length === 0 ? [] : before.runningTwins(change.object.endpoint);
  return [
    {
      classes: [cls],
      now,
      then: origin === undefined ? CLOSED : book.of(before, origin, tick),
      twins: twins.map((twin) => book.of(before, twin, tick)),
    },
  ];
};

const judgeTarget = (
  { change, tick }: Transition,
  limits: Limits,
  target: Target,
  precedents: Precedents,
): readonly Violation[] => {
  const now = target.now.excess;
  const [first] = now;
  if (first === undefined) return [];
  const fresh = subtractGrants(now, target.then.excess, tick);
  const known = target.twins.some((twin) => subtractGrants(fresh, twin.excess, tick).length === 0);
  const computed: Standing = fresh.length === 0 ? "existing" : known ? "known" : "new";
  const { addresses, ports } = fresh[0] ?? first;
  const fields = target.now.grants
    .filter((grant) => !noAddresses(intersectAddresses(grant.addresses, addresses)))
    .map(({ policy, path }) => ({ ref: policy.ref, path }));
  const places = fields.map(({ ref, path }) => `${refText(ref)}, ${path}`);
  const verb = computed === "existing" ? "still opens" : "would open";
  const what = grantsText(fresh);
  const standing = (cls: EndpointClass | undefined): Standing => {
    if (cls === undefined) return computed;
    const ends = limits.direction === "ingress" ? { to: cls } : { from: cls };
    return precedents.standing(computed, { ends, ports: ALL_PORTS, what });
  };
  const found = target.classes.length === 0 ? [undefined] : target.classes;
  const named = found.map((cls) => ({ cls, name: cls === undefined ? "the pods it selects" : classText(cls) }));
  return named.map(({ cls, name }) => ({
    kind: "violation",
    standing: standing(cls),
    curable: false,
    message: `${changeText(change)} ${verb} ${limits.direction === "ingress" ? `${name} to` : `from ${name} a way to`} ${cidrsText(addresses)} on ${portsText(ports)}`,
    details: [
      `by ${places.slice(0, 3).join("; ")}${places.length > 3 ? ` and ${String(places.length - 3)} more` : ""}`,
    ],
    fix: noAddresses(limits.mustExclude)
      ? "name the addresses that need it, in blocks no larger than the rule's opening"
      : `leave ${cidrsText(limits.mustExclude)} out, with an except in every block that covers it`,
    fields,
    more: 0,
  }));
};

/** Policies that govern what a change touches and cannot be understood: what they allow cannot be told. */
const unreadablePolicies = (
  transition: Transition,
  { direction }: Limits,
  targets: readonly Target[],
): readonly Violation[] => {
  const { before, after, change } = transition;
  const own = change.type === "policy" ? after.policy(change.ref) : undefined;
  const policies = new Set(own?.[direction] !== undefined && own.problems.length > 0 ? [own] : []);
  for (const { now, then } of targets)
    for (const policy of change.type === "policy" ? then.unreadable : now.unreadable)
      if (change.type !== "policy" || policy !== before.policy(change.ref)) policies.add(policy);
  return [...policies].map((policy) => ({
    kind: "undecided",
    standing: doubtStanding(
      transition,
      policy,
      change.type === "endpoint" ? after.classOf(change.ref) : undefined,
      direction,
    ),
    curable: false,
    message: `${changeText(change)} rests on ${refText(policy.ref)}, which cannot be understood`,
    details: policy.problems.slice(0, 3),
    fix: `mend ${refText(policy.ref)}`,
    more: 0,
  }));
};

const targetsOf = (transition: Transition, limits: Limits, book: OpeningBook): readonly Target[] => {
  switch (transition.change.type) {
    case "policy":
      return policyTargets(transition, limits, book);
    case "endpoint":
      return endpointTargets(transition, book);
    case "namespace":
      return [];
  }
};

/**
 * Fields: spec.ingress[*].from[*].ipBlock (egress: to) and rules without peers, of all policies together. Passes: what
 * they allow on one port is no larger than `opening`, or leaves `mustExclude` out, small named blocks inside it aside.
 */
export const restrictIpBlocks = defineRule({
  type: "restrict-ip-blocks",
  summary: "What all policies together allow from (or to) addresses leaves certain ranges out.",
  options: {
    direction: directionOption.describe("Whose ipBlocks are judged."),
    mustExclude: z
      .array(cidr)
      .default([])
      .describe("Ranges that an opening to the world leaves out; none: no opening is allowed."),
    opening: prefixes(8, 32).describe(
      "Prefix lengths: what holds more addresses than one such block is an opening to the world.",
    ),
    tolerate: prefixes(24, 64).describe(
      "Prefix lengths: named blocks inside mustExclude are fine while all together hold no more addresses.",
    ),
  },
  compile: ({ direction, mustExclude, opening, tolerate }) => {
    const limits: Limits = { direction, mustExclude: unionOfAddresses(mustExclude), opening, tolerate };
    const book = new OpeningBook(limits);
    return {
      ends: [],
      byClass: true,
      dependsOnReachability: true,
      judge: (transition, precedents) => {
        const [alone] = policyTarget(transition, limits).flatMap((target) =>
          judgeTarget(transition, limits, target, precedents),
        );
        const targets = targetsOf(transition, limits, book);
        const unreadable = unreadablePolicies(transition, limits, targets);
        if (alone?.standing === "new") return [alone, ...unreadable];
        const exceeding = targets.filter(({ now }) => now.excess.length > 0);
        if (alone === undefined && exceeding.length === 0) return unreadable;
        const together = exceeding
          .flatMap((target) => judgeTarget(transition, limits, target, precedents))
          .sort((x, y) => (x.message < y.message ? -1 : 1));
        const worst = (["new", "known", "existing", "excepted"] as const)
          .map((standing) => [...(alone ? [alone] : []), ...together].filter((found) => found.standing === standing))
          .find((violations) => violations.length > 0);
        return worst?.[0] === undefined ? unreadable : [{ ...worst[0], more: worst.length - 1 }, ...unreadable];
      },
    };
  },
});
