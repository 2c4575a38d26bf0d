import { z } from "zod";
import type { Transition } from "../engine/delta.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import {
  blockGrants,
  imaginedSubject,
  portSegments,
  subtractGrants,
  type BlockGrant,
  type Grant,
} from "../engine/grants.ts";
import type { ClusterState } from "../engine/state.ts";
import { touchedClasses } from "../engine/touched.ts";
import { changeText, classText } from "../engine/words.ts";
import { cidrsText } from "../model/address-text.ts";
import {
  addressCount,
  intersectAddresses,
  NO_ADDRESSES,
  noAddresses,
  onlyFamily,
  prefixCount,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
  type AddressSet,
  type Family,
} from "../model/addresses.ts";
import { refText } from "../model/objects.ts";
import type { Direction, Policy } from "../model/policies.ts";
import { noPorts, portsText, subtractPorts } from "../model/ports.ts";
import { doubtStanding } from "./doubt.ts";
import { cidr, direction as directionOption } from "./options.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** Prefix lengths by family. */
const prefixes = (ipv4: number, ipv6: number) =>
  z
    .strictObject({ ipv4: z.int().min(0).max(32).default(ipv4), ipv6: z.int().min(0).max(128).default(ipv6) })
    .default({ ipv4, ipv6 });

interface Limits {
  readonly direction: Direction;
  readonly mustExclude: AddressSet;
  /** Prefix lengths: more addresses than such a block are open to the world. */
  readonly opening: Readonly<Record<Family, number>>;
  /** Prefix lengths: as many addresses inside `mustExclude` may be named on purpose. */
  readonly tolerate: Readonly<Record<Family, number>>;
}

/** What one family's blocks, open on one port together, let in that they must leave out. */
const excessOf = (blocks: readonly AddressSet[], family: Family, limits: Limits): AddressSet => {
  const own = blocks.map((block) => onlyFamily(block, family));
  const union = unionOfAddresses(own);
  if (addressCount(union, family) <= prefixCount(family, limits.opening[family])) return NO_ADDRESSES;
  const excluded = onlyFamily(limits.mustExclude, family);
  if (noAddresses(excluded)) return union;
  const isNamed = (block: AddressSet): boolean =>
    !noAddresses(block) && noAddresses(subtractAddresses(block, excluded));
  const named = unionOfAddresses(own.filter(isNamed));
  const tolerated = addressCount(named, family) <= prefixCount(family, limits.tolerate[family]);
  return intersectAddresses(tolerated ? unionOfAddresses(own.filter((block) => !isNamed(block))) : union, excluded);
};

/** What blocks let in that they must leave out, port by port. */
const excess = (grants: readonly BlockGrant[], limits: Limits, tick: () => void): readonly Grant[] =>
  grants.length === 0
    ? []
    : portSegments(
        grants.map(({ ports }) => ports),
        tick,
      ).flatMap((segment) => {
        const blocks = grants
          .filter(({ ports }) => noPorts(subtractPorts(segment, ports)))
          .map(({ addresses }) => addresses);
        tick();
        const addresses = FAMILIES.map((family) => excessOf(blocks, family, limits)).reduce(unionAddresses);
        return noAddresses(addresses) ? [] : [{ ports: segment, addresses }];
      });

/** What is judged: one policy as if it selected a pod, or all policies of one class together. */
interface Target {
  readonly name: string;
  readonly now: readonly BlockGrant[];
  readonly then: readonly BlockGrant[];
  /** What running pods of the same identity are open to. */
  readonly twins: readonly (readonly BlockGrant[])[];
}

const policyTarget = ({ before, after, change }: Transition, direction: Direction): readonly Target[] => {
  const now = change.type === "policy" ? after.policy(change.ref) : undefined;
  if (now === undefined) return [];
  const then = before.policy(change.ref);
  const subject = imaginedSubject(then === undefined ? [now] : [now, then], after.namespace(change.ref.namespace));
  const grants = (policy: Policy | undefined): readonly BlockGrant[] =>
    policy === undefined ? [] : blockGrants([policy], direction, subject);
  return [{ name: "the pods it selects", now: grants(now), then: grants(then), twins: [] }];
};

const classTargets = (transition: Transition, direction: Direction): readonly Target[] => {
  const { before, after, change } = transition;
  if (change.type === "namespace") return [];
  const grants = (state: ClusterState, cls: EndpointClass | undefined): readonly BlockGrant[] =>
    cls === undefined
      ? []
      : blockGrants(
          state.governing(cls, direction).flatMap(({ policies }) => policies),
          direction,
          cls,
        );
  const twins = change.object?.type === "endpoint" ? before.runningTwins(change.object.endpoint) : [];
  return touchedClasses(transition, direction)
    .filter((cls) => !cls.hostNetwork)
    .map((cls) => ({
      name: classText(cls),
      now: grants(after, cls),
      then: grants(before, after.origin(cls)),
      twins: twins.map((twin) => grants(before, twin)),
    }));
};

const judgeTarget = ({ change, tick }: Transition, limits: Limits, target: Target): Violation | undefined => {
  const now = excess(target.now, limits, tick);
  const [first] = now;
  if (first === undefined) return undefined;
  const fresh = subtractGrants(now, excess(target.then, limits, tick), tick);
  const known = target.twins.some((twin) => subtractGrants(fresh, excess(twin, limits, tick), tick).length === 0);
  const standing: Standing = fresh.length === 0 ? "existing" : known ? "known" : "new";
  const { addresses, ports } = fresh[0] ?? first;
  const places = target.now
    .filter((grant) => !noAddresses(intersectAddresses(grant.addresses, addresses)))
    .map((grant) => `${refText(grant.policy.ref)}, ${grant.path}`);
  const verb = standing === "existing" ? "still opens" : "would open";
  const way = limits.direction === "ingress" ? `${target.name} to` : `from ${target.name} a way to`;
  return {
    kind: "violation",
    standing,
    curable: false,
    message: `${changeText(change)} ${verb} ${way} ${cidrsText(addresses)} on ${portsText(ports)}`,
    details: [
      `by ${places.slice(0, 3).join("; ")}${places.length > 3 ? ` and ${String(places.length - 3)} more` : ""}`,
    ],
    fix: noAddresses(limits.mustExclude)
      ? "name the addresses that need it, in blocks no larger than the rule's opening"
      : `leave ${cidrsText(limits.mustExclude)} out, with an except in every block that covers it`,
    more: 0,
  };
};

/** Policies that govern what a change touches and cannot be understood: what they allow cannot be told. */
const unreadablePolicies = (transition: Transition, direction: Direction): readonly Violation[] => {
  const { after, change } = transition;
  if (change.type === "namespace") return [];
  const governing = touchedClasses(transition, direction).flatMap((cls) =>
    after.governing(cls, direction).flatMap(({ policies }) => policies),
  );
  const own = change.type === "policy" ? after.policy(change.ref) : undefined;
  return [...new Set(own?.[direction] === undefined ? governing : [own, ...governing])]
    .filter(({ problems }) => problems.length > 0)
    .map((policy) => ({
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

/**
 * Fields: spec.ingress[*].from[*].ipBlock (egress: to) and rules without peers, of all policies together. Passes: what
 * they allow on one port is no larger than `opening`, or leaves `mustExclude` out, small named blocks inside it aside.
 */
export const restrictIpBlocks = defineRule({
  type: "restrict-ip-blocks",
  options: {
    direction: directionOption,
    mustExclude: z.array(cidr).default([]),
    opening: prefixes(8, 32),
    tolerate: prefixes(24, 64),
  },
  compile: ({ direction, mustExclude, opening, tolerate }) => {
    const limits: Limits = { direction, mustExclude: unionOfAddresses(mustExclude), opening, tolerate };
    return {
      ends: [],
      byClass: true,
      judge: (transition) => {
        const [alone] = policyTarget(transition, direction).flatMap(
          (target) => judgeTarget(transition, limits, target) ?? [],
        );
        const unreadable = unreadablePolicies(transition, direction);
        if (alone?.standing === "new") return [alone, ...unreadable];
        const together = classTargets(transition, direction)
          .flatMap((target) => judgeTarget(transition, limits, target) ?? [])
          .sort((x, y) => (x.message < y.message ? -1 : 1));
        const worst = (["new", "known", "existing"] as const)
          .map((standing) => [...(alone ? [alone] : []), ...together].filter((found) => found.standing === standing))
          .find((violations) => violations.length > 0);
        return worst?.[0] === undefined ? unreadable : [{ ...worst[0], more: worst.length - 1 }, ...unreadable];
      },
    };
  },
});
