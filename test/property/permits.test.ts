import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../src/engine/cluster-index.ts";
import type { EndpointClass } from "../../src/engine/endpoint-class.ts";
import { outsideReach } from "../../src/engine/outside-permits.ts";
import { permitsBetween } from "../../src/engine/permits.ts";
import { classReach } from "../../src/engine/reach.ts";
import { DEFAULT_TIER, DIRECTIONS, type Policy, type Rule } from "../../src/model/policies.ts";
import { portsText, unionOfPorts, unionPorts, type PortSet } from "../../src/model/ports.ts";
import type { Permit } from "../../src/model/workload-graph.ts";
import { runs } from "./runs.ts";
import { PODS, tieredPolicies } from "./tier-policies.ts";
import { indexOf } from "./world.ts";

const tiered = (policies: readonly Policy[]): ClusterIndex => {
  const index = indexOf(PODS);
  for (const policy of policies) index.upsert({ type: "policy", ref: policy.ref, policy });
  return index;
};

/** In one tier, with nothing but allows; each rule and peer has a path of its own, so that it can be taken out. */
const likeKubernetes = (policies: readonly Policy[]): readonly Policy[] =>
  policies.map((policy) => {
    const number = (rules: readonly Rule[] | undefined, key: string): readonly Rule[] | undefined =>
      rules?.map((rule, r) => {
        const path = `${key}[${String(r)}]`;
        return {
          ...rule,
          action: "allow",
          path,
          peers: rule.peers?.map((peer, p) => ({ ...peer, path: `${path}.${String(p)}` })),
        };
      });
    return {
      ...policy,
      tier: DEFAULT_TIER,
      ingress: number(policy.ingress, "ingress"),
      egress: number(policy.egress, "egress"),
    };
  });

/** The policies without what a permit names. */
const without = (policies: readonly Policy[], permits: readonly Permit[]): readonly Policy[] => {
  const named = new Set(
    permits.map((permit) => (permit.kind === "rule" ? `${permit.policy.name} ${permit.path}` : "")),
  );
  return policies.map((policy) => {
    const prune = (rules: readonly Rule[] | undefined): readonly Rule[] | undefined =>
      rules?.flatMap((rule) => {
        if (named.has(`${policy.ref.name} ${rule.path}`)) return [];
        if (rule.peers === undefined) return [rule];
        const peers = rule.peers.filter(({ path }) => !named.has(`${policy.ref.name} ${path}`));
        return peers.length === 0 ? [] : [{ ...rule, peers }];
      });
    return { ...policy, ingress: prune(policy.ingress), egress: prune(policy.egress) };
  });
};

const portsOf = (permits: readonly Permit[]): PortSet => unionOfPorts(permits.map(({ ports }) => ports));

const pairsOf = (index: ClusterIndex): readonly (readonly [EndpointClass, EndpointClass])[] => {
  const classes = [...index.classes()];
  return classes.flatMap((from) => classes.filter((to) => to !== from).map((to) => [from, to] as const));
};

/** The class of the same pod in another state. */
const same = (index: ClusterIndex, cls: EndpointClass): EndpointClass => {
  const [member] = cls.members();
  const other = member && index.classOf(member.ref);
  if (other === undefined) throw new Error("Expected the pod in both states");
  return other;
};

describe("what permits a path", () => {
  it("covers exactly the ports that pass, or may, on each side", () => {
    fc.assert(
      fc.property(tieredPolicies(6, true), (policies) => {
        const index = tiered(policies);
        for (const [from, to] of pairsOf(index)) {
          const { ports, unsure } = classReach(index, from, to);
          const permits = permitsBetween(index, from, to);
          for (const direction of DIRECTIONS)
            expect(portsText(portsOf(permits[direction]))).toBe(portsText(unionPorts(ports, unsure)));
        }
      }),
      runs(150),
    );
  });

  it("closes it, where rules only allow, when every rule that is named is gone", () => {
    fc.assert(
      fc.property(tieredPolicies(6), (made) => {
        const policies = likeKubernetes(made);
        const index = tiered(policies);
        for (const [from, to] of pairsOf(index)) {
          const permits = permitsBetween(index, from, to);
          for (const direction of DIRECTIONS) {
            const less = tiered(without(policies, permits[direction]));
            const left = permitsBetween(less, same(less, from), same(less, to))[direction];
            expect(left.filter(({ kind }) => kind === "rule")).toEqual([]);
          }
        }
      }),
      runs(40),
    );
  });

  it("covers the ports that addresses outside may use", () => {
    fc.assert(
      fc.property(tieredPolicies(6), (policies) => {
        const index = tiered(policies);
        for (const cls of index.classes())
          for (const direction of DIRECTIONS) {
            const { ports, permits } = outsideReach(index, cls, direction);
            expect(portsText(portsOf(permits))).toBe(portsText(ports));
          }
      }),
      runs(100),
    );
  });
});
