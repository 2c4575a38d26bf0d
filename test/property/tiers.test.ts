import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusterIndex } from "../../src/engine/cluster-index.ts";
import { representative, type EndpointClass } from "../../src/engine/endpoint-class.ts";
import { explainPacket } from "../../src/engine/explain.ts";
import { addressReach } from "../../src/engine/grants.ts";
import { classReach, endPairs, packetReach, type End } from "../../src/engine/reach.ts";
import { parseAddress } from "../../src/model/address-text.ts";
import { hasAddress, type Address } from "../../src/model/addresses.ts";
import type { Policy } from "../../src/model/policies.ts";
import { ALL_PORTS, hasPort } from "../../src/model/ports.ts";
import { openedByBruteForce, openedByEngine } from "./brute-force-delta.ts";
import { runs } from "./runs.ts";
import { SELECTORS, stateText } from "./state-text.ts";
import { PODS, tieredPolicies } from "./tier-policies.ts";
import { answers, type PacketEnd } from "./tier-reference.ts";
import { indexOf, podsOf, transitionOf } from "./world.ts";

const PORTS: readonly (readonly [number, number])[] = [
  [6, 1],
  [6, 80],
  [6, 81],
  [6, 444],
  [17, 53],
  [132, 80],
];
const NAMES = podsOf(PODS);

const tiered = (policies: readonly Policy[]): ClusterIndex => {
  const index = indexOf(PODS);
  for (const policy of policies) index.upsert({ type: "policy", ref: policy.ref, policy });
  return index;
};

const pairsOf = (index: ClusterIndex): readonly (readonly [EndpointClass, EndpointClass])[] => {
  const classes = [...index.classes()];
  return classes.flatMap((from) => classes.filter((to) => to !== from).map((to) => [from, to] as const));
};

const packetEnd = (end: End): PacketEnd => ({
  labels: end.kind === "class" ? representative(end.endpoint).labels : undefined,
  address: end.address,
});

const outside = ["10.0.0.5", "10.0.0.200", "8.8.8.8", "fd00::9", "2001:db8::1"].map(
  (text): Address => parseAddress(text) ?? { family: "ipv4", value: 0 },
);

describe("tiers, policies and rules in their order", () => {
  it("decide as ten lines do that look at one packet", () => {
    fc.assert(
      fc.property(tieredPolicies(6), (policies) => {
        const index = tiered(policies);
        for (const [from, to] of pairsOf(index))
          for (const [a, b] of endPairs(from, to))
            for (const at of PORTS) {
              const [expected] = answers(policies, [packetEnd(a), packetEnd(b)], at);
              const [protocol, port] = at;
              const said = explainPacket(index, a, b, { protocol, port });
              expect([hasPort(packetReach(index, a, b).ports, ...at), said.allowed]).toEqual([expected, expected]);
            }
      }),
      runs(200),
    );
  });

  it("allow between classes what one address family allows", () => {
    fc.assert(
      fc.property(tieredPolicies(6), (policies) => {
        const index = tiered(policies);
        for (const [from, to] of pairsOf(index))
          for (const at of PORTS) {
            const expected = endPairs(from, to).some(([a, b]) =>
              answers(policies, [packetEnd(a), packetEnd(b)], at).has(true),
            );
            expect(hasPort(classReach(index, from, to).ports, ...at)).toBe(expected);
          }
      }),
      runs(100),
    );
  });

  it("allow by address what they allow to and from each address", () => {
    fc.assert(
      fc.property(tieredPolicies(5), (policies) => {
        const index = tiered(policies);
        for (const cls of index.classes())
          for (const address of outside)
            for (const at of PORTS) {
              const [pod, other]: readonly End[] = [
                { kind: "class", endpoint: cls, address: undefined },
                { kind: "address", address },
              ] satisfies readonly End[];
              if (pod === undefined || other === undefined) return;
              const open = (direction: "ingress" | "egress"): boolean =>
                addressReach(index, cls, direction, () => undefined).some(
                  (grant) => hasPort(grant.ports, ...at) && hasAddress(grant.addresses, address),
                );
              expect([...answers(policies, [packetEnd(other), packetEnd(pod)], at)]).toEqual([open("ingress")]);
              expect([...answers(policies, [packetEnd(pod), packetEnd(other)], at)]).toEqual([open("egress")]);
            }
      }),
      runs(100),
    );
  });

  it("are undecided where a peer that cannot be understood may matter", () => {
    fc.assert(
      fc.property(tieredPolicies(3, true), (policies) => {
        const index = tiered(policies);
        for (const [from, to] of pairsOf(index))
          for (const [a, b] of endPairs(from, to))
            for (const at of PORTS) {
              const possible = answers(policies, [packetEnd(a), packetEnd(b)], at);
              const { ports, unsure } = packetReach(index, a, b);
              const said = hasPort(ports, ...at) ? true : hasPort(unsure, ...at) ? "undecided" : false;
              expect(possible.size === 1 ? [...possible, "undecided"] : ["undecided"]).toContain(said);
            }
      }),
      runs(500),
    );
  });
});

const changed = fc.tuple(tieredPolicies(5), fc.nat(4), tieredPolicies(5));

describe("a change of a policy in a tier", () => {
  it("opens what looking at every pair before and after finds", () => {
    fc.assert(
      fc.property(changed, ([policies, at, others]) => {
        const old = policies[at];
        if (old === undefined) return;
        const fresh = others[at];
        const object = fresh && { type: "policy" as const, ref: old.ref, policy: { ...fresh, ref: old.ref } };
        const transition = transitionOf(tiered(policies), { ref: old.ref, type: "policy", object });
        for (const end of SELECTORS) transition.before.set(end);
        const path = { from: SELECTORS[0]!, to: SELECTORS[0]!, ports: ALL_PORTS };
        expect(openedByEngine(transition, path)).toEqual(openedByBruteForce(transition, path, NAMES));
      }),
      runs(1000),
    );
  });

  it("laid over a state says what a state with it says", () => {
    fc.assert(
      fc.property(changed, ([policies, at, others]) => {
        const old = policies[at];
        if (old === undefined) return;
        const fresh = others[at] && { ...others[at], ref: old.ref };
        const object = fresh && { type: "policy" as const, ref: old.ref, policy: fresh };
        const index = tiered(policies);
        for (const end of SELECTORS) index.set(end);
        const { after } = transitionOf(index, { ref: old.ref, type: "policy", object });
        const rebuilt = tiered(policies.flatMap((policy) => (policy === old ? (fresh ?? []) : policy)));
        expect(stateText(after, NAMES)).toEqual(stateText(rebuilt, NAMES));
      }),
      runs(100),
    );
  });
});
