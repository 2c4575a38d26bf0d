import { describe, expect, it } from "vitest";
import { EXTERNAL, type WorkloadGraph } from "../../../../src/model/workload-graph.ts";
import { layout, type Box } from "../../../../src/report/graph/layout.ts";
import { edge, hostile, node, shop } from "./graphs.ts";

const overlap = (a: Box, b: Box): boolean =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;

const around = (outer: Box, inner: Box): boolean =>
  Math.abs(outer.x - inner.x) + inner.width / 2 <= outer.width / 2 &&
  Math.abs(outer.y - inner.y) + inner.height / 2 <= outer.height / 2;

const overlaps = (boxes: Iterable<Box>): number => {
  const list = [...boxes];
  return list.flatMap((box, index) => list.slice(index + 1).filter((other) => overlap(box, other))).length;
};

/** Three namespaces of these many workloads; with `links`, each reaches the next so many. */
const cluster = (sizes: readonly number[], links: number): WorkloadGraph => {
  const nodes = sizes.flatMap((size, namespace) =>
    Array.from({ length: size }, (_, i) => node(`ns-${namespace}/workload-${i}`)),
  );
  const edges = nodes.flatMap(({ id }, at) =>
    Array.from({ length: links }, (_, i) => edge(id, nodes[(at + i + 1) % nodes.length]?.id ?? EXTERNAL)),
  );
  return { nodes, edges: [...edges, edge(EXTERNAL, nodes[0]?.id ?? EXTERNAL)] };
};

describe("the layout of a graph", () => {
  it.each([
    ["in layers", cluster([4, 6, 3], 1)],
    ["in grids", cluster([40, 7, 1], 12)],
    ["without any paths between them", cluster([9, 9], 0)],
  ])("places workloads %s: none overlap, and all are in the frames of their namespaces", (_, graph) => {
    const { nodes, namespaces } = layout(graph);
    expect(nodes.size).toBe(graph.nodes.length + 1);
    expect(overlaps(nodes.values())).toBe(0);
    expect(overlaps([...namespaces.values(), nodes.get(EXTERNAL)!])).toBe(0);
    for (const { id, namespace } of graph.nodes) expect(around(namespaces.get(namespace)!, nodes.get(id)!)).toBe(true);
  });

  it("follows the paths where there are few", () => {
    const { nodes } = layout({ nodes: shop.nodes, edges: [edge("shop/Deployment/web", "shop/Deployment/db")] });
    expect(nodes.get("shop/Deployment/web")!.x).toBeLessThan(nodes.get("shop/Deployment/db")!.x);
  });

  it("is the same each time", () => {
    expect(layout(cluster([5, 5, 5], 2))).toEqual(layout(cluster([5, 5, 5], 2)));
  });

  it("has room for nothing, and for any name", () => {
    expect(layout({ nodes: [], edges: [] })).toEqual({ nodes: new Map(), namespaces: new Map() });
    expect(overlaps(layout(hostile).nodes.values())).toBe(0);
  });
});
