import { describe, expect, it } from "vitest";
import { jsonGraph } from "../../../../src/report/graph/json.ts";
import { hostile, HOSTILE, printed, shop } from "./graphs.ts";

const NOWHERE = () => undefined;
const POLICY = { kind: "NetworkPolicy", namespace: "shop", name: "p" };

describe("the JSON of a graph", () => {
  it("has nodes and edges, with the place of each rule", async () => {
    const text = await printed(jsonGraph(shop, (_, path) => ({ file: "shop.yaml", line: path === "" ? 1 : 7 })));
    const { nodes, edges, ...rest } = JSON.parse(text);
    expect(rest).toEqual({});
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual([
      "external",
      "shop/Deployment/db",
      "shop/Deployment/web",
      "tools/Deployment/job",
    ]);
    expect(nodes[0]).toEqual({ id: "external", type: "external" });
    expect(nodes[2]).toEqual({
      id: "shop/Deployment/web",
      type: "workload",
      namespace: "shop",
      kind: "Deployment",
      name: "web",
      pods: 1,
      hostNetwork: false,
      serviceAccounts: ["default"],
      labels: { tier: "front" },
      policies: { ingress: [], egress: [] },
    });
    expect(edges[2]).toEqual({
      from: "shop/Deployment/web",
      to: "shop/Deployment/db",
      ports: "TCP 80",
      egress: [{ by: "not-selected", ports: "TCP 80" }],
      ingress: [{ by: "rule", policy: POLICY, path: "spec.ingress[0]", file: "shop.yaml", line: 7, ports: "TCP 80" }],
      forbidden: [{ rule: "forbidden-path/db", ports: "TCP 80" }],
    });
    expect(edges[3]).toMatchObject({
      ports: "no port",
      unsure: "UDP 53",
      ingress: [{ by: "undecided", policy: POLICY, reason: "odd", file: "shop.yaml", line: 1, ports: "UDP 53" }],
      forbidden: [],
    });
  });

  it("has no external node where no path leads there", async () => {
    const inside = { nodes: shop.nodes, edges: shop.edges.slice(2) };
    expect(JSON.parse(await printed(jsonGraph(inside, NOWHERE))).nodes).toHaveLength(3);
    expect(JSON.parse(await printed(jsonGraph({ nodes: [], edges: [] }, NOWHERE)))).toEqual({ nodes: [], edges: [] });
  });

  it("holds any text as it is, and steers no terminal", async () => {
    const text = await printed(jsonGraph(hostile, NOWHERE));
    const { nodes, edges } = JSON.parse(text);
    expect(Object.getOwnPropertyDescriptor(nodes[0].labels, "__proto__")?.value).toBe("x");
    expect([nodes[0].name, Object.keys(nodes[0].labels)[0], edges[0].egress[0].path]).toEqual([
      HOSTILE,
      HOSTILE,
      HOSTILE,
    ]);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });
});
