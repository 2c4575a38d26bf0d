import { describe, expect, it } from "vitest";
import { workloadGraph } from "../../../src/engine/workload-graph.ts";
import { cidrsText } from "../../../src/model/address-text.ts";
import { NO_PORTS, portsText } from "../../../src/model/ports.ts";
import type { PathEdge, Permit, WorkloadGraph } from "../../../src/model/workload-graph.ts";
import { pod } from "../../reference/fixtures.ts";
import { ruleWith } from "../rules/rule-options.ts";
import { deployment, networkPolicy, state } from "./worlds.ts";

const owned = (name: string, workload: string, labels: Readonly<Record<string, string>>, hostNetwork = false) => {
  const [kind = "", owner = ""] = workload.split("/");
  const base = pod(`shop/${name}`, [], { labels, hostNetwork });
  const ownerReferences = [{ apiVersion: "apps/v1", kind, name: owner, controller: true }];
  return { ...base, metadata: { ...base.metadata, ownerReferences } };
};

const PODS = [
  owned("web-1", "StatefulSet/web", { app: "web", zone: "a", "apps.kubernetes.io/pod-index": "0" }),
  owned("web-2", "StatefulSet/web", { app: "web", zone: "b", "apps.kubernetes.io/pod-index": "1" }),
  owned("db-1", "StatefulSet/db", { app: "db" }),
];
const DENY = networkPolicy("shop/deny", { policyTypes: ["Ingress", "Egress"] });
const OUT = networkPolicy("shop/out", {
  podSelector: { matchLabels: { app: "web" } },
  policyTypes: ["Egress"],
  egress: [{ to: [{ podSelector: {} }], ports: [{ port: 80, endPort: 90 }] }],
});
const IN = networkPolicy("shop/in", {
  podSelector: { matchLabels: { app: "db" } },
  ingress: [
    { from: [{ podSelector: { matchLabels: { zone: "a" } } }], ports: [{ port: 80 }] },
    { from: [{ podSelector: { matchLabels: { zone: "b" } } }], ports: [{ port: 81 }] },
  ],
});

const permitText = (permit: Permit): string =>
  permit.kind === "rule"
    ? `${permit.policy.name} ${permit.path} ${portsText(permit.ports)}${permit.addresses ? ` ${cidrsText(permit.addresses)}` : ""}`
    : `${permit.kind} ${portsText(permit.ports)}`;

const edgeText = ({ from, to, ports, unsure, permits, broken }: PathEdge): string =>
  [
    `${from} → ${to} ${portsText(ports)}${unsure === NO_PORTS ? "" : `, unsure ${portsText(unsure)}`}`,
    `out: ${permits.egress.map(permitText).join("; ")}`,
    `in: ${permits.ingress.map(permitText).join("; ")}`,
    ...broken.map((one) => `${one.rule}: ${portsText(one.ports)}`),
  ].join(" | ");

const edges = ({ edges: all }: WorkloadGraph): readonly string[] => all.map(edgeText);

describe("the edges of a graph", () => {
  it("join workloads, with what permits each on both sides", () => {
    expect(edges(workloadGraph(state(...PODS, DENY, OUT, IN), []))).toEqual([
      "shop/StatefulSet/web → shop/StatefulSet/db TCP 80-81 | out: out spec.egress[0].to[0] TCP 80-81 | in: in spec.ingress[0].from[0] TCP 80; in spec.ingress[1].from[0] TCP 81",
    ]);
  });

  it("are what is undecided too, with the policy that cannot be understood", () => {
    const odd = networkPolicy("shop/odd", {
      podSelector: { matchLabels: { app: "db" } },
      ingress: [
        { from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "?" }] } }], ports: [{ port: 82 }] },
      ],
    });
    const [fromOutside, between] = edges(workloadGraph(state(...PODS, DENY, OUT, IN, odd), []));
    expect(between).toMatch(/TCP 80-81, unsure TCP 82 .* undecided TCP 82;/);
    expect(fromOutside).toBe(
      "external → shop/StatefulSet/db no port, unsure every port | out: outside every port | in: undecided every port",
    );
  });

  it("lead outside, with the addresses of each block", () => {
    const open = networkPolicy("shop/open", {
      podSelector: { matchLabels: { app: "db" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }, { ipBlock: { cidr: "fd00::/8" } }], ports: [{ port: 80 }] },
      ],
      egress: [{ ports: [{ port: 53, protocol: "UDP" }] }],
    });
    expect(edges(workloadGraph(state(...PODS, DENY, open), [])).filter((text) => text.includes("external"))).toEqual([
      "external → shop/StatefulSet/db TCP 80 | out: outside TCP 80 | in: open spec.ingress[0].from[0].ipBlock TCP 80 10.0.0.0/8; open spec.ingress[0].from[1].ipBlock TCP 80 fd00::/8",
      "shop/StatefulSet/db → external UDP 53 | out: open spec.egress[0] UDP 53 0.0.0.0/0, ::/0 | in: outside UDP 53",
    ]);
  });

  it("join the pods of one workload only if there are two of them", () => {
    const graph = workloadGraph(state(...PODS, deployment("shop/api", { app: "api" })), []);
    const loops = graph.edges.filter(({ from, to }) => from === to).map(({ from }) => from);
    expect(loops).toEqual(["shop/StatefulSet/web"]);
  });

  it("are sorted by their ends", () => {
    const ends = workloadGraph(state(...PODS), []).edges.map(({ from, to }) => `${from} ${to}`);
    expect(ends).toEqual(ends.toSorted());
    expect(ends).toHaveLength(7);
  });
});

describe("the nodes of a graph", () => {
  it("are workloads, with what holds for all of their pods and what governs any of them", () => {
    const host = owned("host", "DaemonSet/agent", { app: "agent" }, true);
    const { nodes } = workloadGraph(state(...PODS, host, deployment("shop/web", { app: "web" }), DENY, IN), []);
    const ref = (name: string) => ({ kind: "NetworkPolicy", namespace: "shop", name });
    const common = { namespace: "shop", serviceAccounts: ["default"], hostNetwork: false };
    const governed = { egress: [ref("deny")], ingress: [ref("deny")] };
    expect(nodes).toEqual([
      {
        ...common,
        id: "shop/DaemonSet/agent",
        kind: "DaemonSet",
        name: "agent",
        pods: 1,
        hostNetwork: true,
        labels: new Map([["app", "agent"]]),
        policies: { egress: [], ingress: [] },
      },
      {
        ...common,
        id: "shop/Deployment/web",
        kind: "Deployment",
        name: "web",
        pods: 0,
        labels: new Map([["app", "web"]]),
        policies: governed,
      },
      {
        ...common,
        id: "shop/StatefulSet/db",
        kind: "StatefulSet",
        name: "db",
        pods: 1,
        labels: new Map([["app", "db"]]),
        policies: { egress: [ref("deny")], ingress: [ref("deny"), ref("in")] },
      },
      {
        ...common,
        id: "shop/StatefulSet/web",
        kind: "StatefulSet",
        name: "web",
        pods: 2,
        labels: new Map([["app", "web"]]),
        policies: governed,
      },
    ]);
  });
});

describe("the rules that an edge breaks", () => {
  const broken = (manifests: readonly unknown[], type: string, ...options: readonly string[]): readonly string[] => {
    const rule = ruleWith(type, ...options);
    const index = state(...manifests);
    for (const end of rule.ends) index.set(end);
    if (rule.forbids === undefined) throw new Error("Expected a rule about paths");
    return workloadGraph(index, [{ rule: "r", forbids: rule.forbids }]).edges.flatMap((edge) =>
      edge.broken.map(({ ports }) => `${edge.from} → ${edge.to} ${portsText(ports)}`),
    );
  };
  const ends = (from: string, to: string): readonly string[] => [`from: ${from}`, `to: ${to}`];
  const WEB = "{ podSelector: { matchLabels: { app: web } } }";
  const DB = "{ podSelector: { matchLabels: { app: db } } }";

  it("are those that forbid it, with the ports that pass and are forbidden", () => {
    const port = "ports: [{ port: 81 }, { port: 99 }]";
    expect(broken([...PODS, DENY, OUT, IN], "forbidden-path", ...ends(WEB, DB), port)).toEqual([
      "shop/StatefulSet/web → shop/StatefulSet/db TCP 81",
    ]);
    expect(broken([...PODS, DENY, OUT, IN], "forbidden-path", ...ends(DB, WEB))).toEqual([]);
  });

  it("tell workloads apart by labels that no policy speaks of", () => {
    const zone = "{ podSelector: { matchLabels: { zone: a } } }";
    expect(broken([...PODS, DENY, OUT], "forbidden-path", ...ends(zone, DB))).toEqual([]);
    expect(broken(PODS, "forbidden-path", ...ends(DB, zone))).toEqual([
      "shop/StatefulSet/db → shop/StatefulSet/web every port",
    ]);
  });

  it("forbid addresses outside, in the direction that the rule means and no more of them", () => {
    const open = networkPolicy("shop/open", {
      podSelector: { matchLabels: { app: "db" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 80 }] }],
      egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 443 }] }],
    });
    const world = [...PODS, DENY, open];
    expect(broken(world, "forbidden-path", ...ends("{ external: true }", DB))).toEqual([
      "external → shop/StatefulSet/db TCP 80",
    ]);
    expect(broken(world, "forbidden-path", ...ends(DB, "{ external: true }"))).toEqual([
      "shop/StatefulSet/db → external TCP 443",
    ]);
    expect(broken(world, "forbidden-path", ...ends("{ cidr: 11.0.0.0/8 }", DB))).toEqual([]);
    expect(broken(world, "forbidden-path", ...ends("{ external: true }", WEB))).toEqual([]);
  });

  it("let in only who is allowed", () => {
    const options = ["from: [{ podSelector: { matchLabels: { app: web } } }, { cidr: 10.0.0.0/8 }]", `to: ${DB}`];
    const api = owned("api-1", "Deployment/api", { app: "api" });
    expect(broken([...PODS, api], "only-allowed-paths", ...options)).toEqual([
      "external → shop/StatefulSet/db every port",
      "shop/Deployment/api → shop/StatefulSet/db every port",
    ]);
    const block = (cidr: string) =>
      networkPolicy("shop/block", {
        podSelector: { matchLabels: { app: "db" } },
        ingress: [{ from: [{ ipBlock: { cidr } }] }],
      });
    expect(broken([...PODS, block("10.1.0.0/16")], "only-allowed-paths", ...options)).toEqual([]);
    expect(broken([...PODS, block("8.0.0.0/6")], "only-allowed-paths", ...options)).toEqual([
      "external → shop/StatefulSet/db every port",
    ]);
  });
});
