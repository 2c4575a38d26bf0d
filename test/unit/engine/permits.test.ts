import { describe, expect, it } from "vitest";
import { permitsBetween } from "../../../src/engine/permits.ts";
import { DEFAULT_TIER, type Policy, type Rule, type Tier } from "../../../src/model/policies.ts";
import { ALL_PORTS, portRange, portsText } from "../../../src/model/ports.ts";
import { ALL } from "../../../src/model/selectors.ts";
import type { Permit } from "../../../src/model/workload-graph.ts";
import { container, pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { classOf, networkPolicy, state } from "./worlds.ts";

const PODS = [
  pod("web/a", ["10.0.0.1"]),
  pod("shop/b", ["10.0.0.2", "fd00::2"], { containers: [container("c", "http=8080")] }),
];

const line = (permit: Permit): string => {
  const ports = portsText(permit.ports);
  switch (permit.kind) {
    case "rule":
      return `${permit.policy.name} ${permit.path}: ${ports}`;
    case "undecided":
      return `${permit.policy.name} undecided: ${ports}`;
    case "not-selected":
    case "outside":
      return `${permit.kind}: ${ports}`;
  }
};

const ask = (...policies: readonly unknown[]) => {
  const index = state(...PODS, ...policies);
  const { egress, ingress } = permitsBetween(index, classOf(index, "web/a"), classOf(index, "shop/b"));
  return { egress: egress.map(line), ingress: ingress.map(line) };
};

const broken = { matchExpressions: [{ key: "app", operator: "?" }] };

describe("what permits a path", () => {
  it("is that no policy selects an end", () => {
    const every = ["not-selected: every port"];
    expect(ask()).toEqual({ egress: every, ingress: every });
  });

  it.each<[string, PolicySpec, readonly string[]]>([
    [
      "every peer that matches, and no other",
      { ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: {} }, { ipBlock: { cidr: "10.0.0.0/8" } }] }] },
      ["p spec.ingress[0].from[1]: every port", "p spec.ingress[0].from[2].ipBlock: every port"],
    ],
    [
      "every rule that matches, each with its ports",
      { ingress: [{ ports: [{ port: 80 }] }, { ports: [{ port: "http" }] }, { ports: [{ port: 80, endPort: 81 }] }] },
      ["p spec.ingress[0]: TCP 80", "p spec.ingress[1]: TCP 8080", "p spec.ingress[2]: TCP 80-81"],
    ],
    [
      "a policy that cannot be understood, as what may permit it",
      { ingress: [{ ports: [{ port: 80 }] }, { from: [{ namespaceSelector: broken }], ports: [{ port: 81 }] }] },
      ["p spec.ingress[0]: TCP 80", "p undecided: TCP 81"],
    ],
  ])("is %s", (_, spec, ingress) => {
    const egress = networkPolicy("web/out", { policyTypes: ["Egress"], egress: [{}] });
    const permits = ask(egress, networkPolicy("shop/p", spec));
    expect(permits.ingress).toEqual(ingress);
    expect(permits.egress).toHaveLength(1);
    expect(permits.egress[0]).toMatch(/^out spec\.egress\[0\]: /);
  });

  it("names on each side only the ports that pass on both", () => {
    const permits = ask(
      networkPolicy("web/out", { policyTypes: ["Egress"], egress: [{ ports: [{ port: 80, endPort: 90 }] }] }),
      networkPolicy("shop/in", { ingress: [{ ports: [{ port: 85, endPort: 99 }] }] }),
    );
    expect(permits).toEqual({ egress: ["out spec.egress[0]: TCP 85-90"], ingress: ["in spec.ingress[0]: TCP 85-90"] });
  });
});

const policyOf = (name: string, tier: Tier, ...ingress: readonly Partial<Rule>[]): Policy => ({
  ref: { kind: "GlobalNetworkPolicy", namespace: "", name },
  tier,
  order: 1,
  subject: { namespaces: ALL, pods: ALL },
  ingress: ingress.map((rule, index) => ({
    action: "allow",
    peers: undefined,
    ports: ALL_PORTS,
    portNames: [],
    path: `[${String(index)}]`,
    ...rule,
  })),
  egress: undefined,
  terminating: false,
  problems: [],
});

const ADMIN: Tier = { name: "admin", order: 1, otherwise: "pass" };
const HTTP = portRange(6, 80, 80);

describe("what permits a path, tier by tier", () => {
  const inTiers = (...policies: readonly Policy[]): readonly string[] => {
    const index = state(...PODS);
    for (const policy of policies) index.upsert({ type: "policy", ref: policy.ref, policy });
    return permitsBetween(index, classOf(index, "web/a"), classOf(index, "shop/b")).ingress.map(line);
  };

  it("is no rule that comes after a deny of the same ports", () => {
    const policy = policyOf("p", ADMIN, { ports: HTTP }, { action: "deny", ports: portRange(6, 80, 89) }, {});
    expect(inTiers(policy)[0]).toBe("p [0]: TCP 80");
    expect(inTiers(policy)[1]).toBe("p [2]: every port but TCP 80-89");
  });

  it("is a rule of the next tier for what is passed on, and none for what is decided", () => {
    const first = policyOf("first", ADMIN, { action: "log" }, { ports: HTTP }, { action: "pass" });
    expect(inTiers(first, policyOf("then", DEFAULT_TIER, {}))).toEqual([
      "first [1]: TCP 80",
      "then [0]: every port but TCP 80",
    ]);
  });

  it("is no policy at all for what every tier passes on", () => {
    expect(inTiers(policyOf("p", ADMIN, { ports: HTTP }))).toEqual([
      "p [0]: TCP 80",
      "not-selected: every port but TCP 80",
    ]);
  });
});
