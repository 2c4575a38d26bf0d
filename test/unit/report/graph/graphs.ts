import { ALL_PORTS, NO_PORTS, portRange, type PortSet } from "../../../../src/model/ports.ts";
import {
  EXTERNAL,
  type PathEdge,
  type WorkloadGraph,
  type WorkloadNode,
} from "../../../../src/model/workload-graph.ts";

/** What names, labels and whatever else a user writes could try on a terminal, a page or a drawing. */
export const HOSTILE = [
  "</script><script>alert(1)</script>",
  '"]; evil [label="x',
  '"] --> x; click n0 "javascript:alert(1)"; %%{init: {}}%%',
  "\\N\\G&lt;<b>&amp;</b>`x`",
  "a\u2028b\u2029c\nd\re\u0000f\u001b[31mg\u202eh",
  "__proto__",
  "'${7*7}{{constructor}}-->|x| #quot; end",
].join(" ");

/** A workload `namespace/name`, a Deployment of one pod unless told otherwise. */
export const node = (path: string, more: Partial<WorkloadNode> = {}): WorkloadNode => {
  const [namespace = "", name = ""] = path.split("/");
  return {
    id: `${namespace}/Deployment/${name}`,
    namespace,
    kind: "Deployment",
    name,
    pods: 1,
    hostNetwork: false,
    serviceAccounts: ["default"],
    labels: new Map([["app", name]]),
    policies: { ingress: [], egress: [] },
    ...more,
  };
};

/** The place of a rule of the policy `shop/p`. */
const permit = (path: string, ports: PortSet) => ({
  kind: "rule" as const,
  policy: { kind: "NetworkPolicy", namespace: "shop", name: "p" },
  path,
  ports,
});

/** An edge on TCP 80 between two ids. */
export const edge = (from: string, to: string, more: Partial<PathEdge> = {}): PathEdge => {
  const ports = portRange(6, 80, 80);
  const ingress = [permit("spec.ingress[0]", ports)];
  return {
    from,
    to,
    ports,
    unsure: NO_PORTS,
    permits: { egress: [{ kind: "not-selected", ports }], ingress },
    broken: [],
    ...more,
  };
};

/** Two namespaces, one forbidden path, one that is undecided, and two with the world outside. */
export const shop: WorkloadGraph = {
  nodes: [node("shop/db"), node("shop/web", { labels: new Map([["tier", "front"]]) }), node("tools/job")],
  edges: [
    edge(EXTERNAL, "shop/Deployment/web", {
      permits: { egress: [{ kind: "outside", ports: portRange(6, 80, 80) }], ingress: [] },
    }),
    edge("shop/Deployment/db", EXTERNAL),
    edge("shop/Deployment/web", "shop/Deployment/db", {
      broken: [{ rule: "forbidden-path/db", ports: portRange(6, 80, 80) }],
    }),
    edge("tools/Deployment/job", "shop/Deployment/db", {
      ports: NO_PORTS,
      unsure: portRange(17, 53, 53),
      permits: {
        egress: [{ kind: "not-selected", ports: portRange(17, 53, 53) }],
        ingress: [
          { kind: "undecided", policy: permit("", ALL_PORTS).policy, reason: "odd", ports: portRange(17, 53, 53) },
        ],
      },
    }),
  ],
};

/** A graph with hostile text wherever text comes from others. */
export const hostile: WorkloadGraph = (() => {
  const policy = { kind: HOSTILE, namespace: HOSTILE, name: HOSTILE };
  const bad = node("x/y", {
    id: `${HOSTILE}/Pod/a`,
    namespace: HOSTILE,
    kind: HOSTILE,
    name: HOSTILE,
    serviceAccounts: [HOSTILE],
    labels: new Map([
      [HOSTILE, HOSTILE],
      ["__proto__", "x"],
    ]),
    policies: { ingress: [policy], egress: [] },
  });
  const other = { ...bad, id: `${HOSTILE}/Pod/b` };
  const ports = portRange(6, 80, 80);
  return {
    nodes: [bad, other],
    edges: [
      edge(bad.id, other.id, {
        unsure: portRange(6, 81, 81),
        permits: {
          egress: [{ kind: "rule", policy, path: HOSTILE, ports }],
          ingress: [{ kind: "undecided", policy, reason: HOSTILE, ports }],
        },
        broken: [{ rule: HOSTILE, ports }],
      }),
    ],
  };
})();

/** What a format prints in one piece. */
export const printed = async (pieces: Iterable<string> | AsyncIterable<string>): Promise<string> => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
};
