import { describe, expect, it } from "vitest";
import { portRange } from "../../../../../src/model/ports.ts";
import { EXTERNAL, type WorkloadGraph } from "../../../../../src/model/workload-graph.ts";
import { layout } from "../../../../../src/report/graph/layout.ts";
import { pageData } from "../../../../../src/report/graph/page-data.ts";
import { linesOf } from "../../../../../src/report/graph/page/bundles.js";
import { groupsOf } from "../../../../../src/report/graph/page/drawing.js";
import { litNodes, surroundings } from "../../../../../src/report/graph/page/lit.js";
import { unpacked } from "../../../../../src/report/graph/page/unpacked.js";
import { edge, node, shop } from "../graphs.ts";

type Choice = Parameters<typeof linesOf>[3];

const NONE: Choice = { kind: "none" };

const drawn = (graph: WorkloadGraph, choice: Choice) => {
  const data = unpacked(pageData(graph, layout(graph), () => undefined));
  const groups = groupsOf(data);
  const all = [...data.edges.from.keys()];
  const visible = new Set(data.nodes.keys());
  const made = linesOf(data, groups, all, choice);
  return { ...made, lit: [...litNodes(groups, made.lines, visible, choice)], data, groups };
};

/** Two namespaces of 20 workloads: all of one reach all of the other, one of them on a forbidden path. */
const crowd: WorkloadGraph = (() => {
  const [left, right] = ["left", "right"].map((namespace) =>
    Array.from({ length: 20 }, (_, i) => node(`${namespace}/w${String(i).padStart(2, "0")}`)),
  );
  const broken = [{ rule: "r", ports: portRange(6, 80, 80) }];
  const edges = (left ?? []).flatMap(({ id: from }, i) =>
    (right ?? []).map(({ id: to }, j) => edge(from, to, i === 3 && j === 5 ? { broken } : {})),
  );
  const inside = edge("left/Deployment/w00", "left/Deployment/w01");
  return {
    nodes: [...(left ?? []), ...(right ?? [])],
    edges: [edge(EXTERNAL, "left/Deployment/w00"), inside, ...edges],
  };
})();

describe("the lines of a map", () => {
  it("are all edges, where there are few", () => {
    const { lines, bundled, left } = drawn(shop, NONE);
    expect({ bundled, left }).toEqual({ bundled: false, left: 0 });
    expect(lines.map(({ label }) => label)).toEqual(["TCP 80", "TCP 80", "✕ TCP 80", "UDP 53 (undecided)"]);
    expect(lines.map(({ forbidden, unsure }) => [forbidden, unsure])).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it("go from namespace to namespace where there are many, beside those that are forbidden", () => {
    const { lines, bundled } = drawn(crowd, NONE);
    expect(bundled).toBe(true);
    expect(lines.map(({ kind, source, target, label }) => [kind, source, target, label])).toEqual([
      ["bundle", "n0", "g0", "TCP 80, 1 path"],
      ["bundle", "g0", "g1", "✕ TCP 80, 400 paths"],
      ["edge", "n4", "n26", "✕ TCP 80"],
    ]);
  });

  it("are those of a chosen workload too, with whom it reaches lit", () => {
    const { lines, lit } = drawn(crowd, { kind: "node", node: 1 });
    expect(lines.filter(({ chosen }) => chosen)).toHaveLength(22);
    expect(lit).toEqual([0, 1, 2, ...Array.from({ length: 20 }, (_, i) => 21 + i)]);
  });

  it("are those within a chosen namespace, and the bundles that touch it", () => {
    const { lines, lit } = drawn(crowd, { kind: "group", group: 0 });
    expect(lines.filter(({ chosen }) => chosen).map(({ kind }) => kind)).toEqual(["bundle", "bundle", "edge", "edge"]);
    expect(lit).toHaveLength(41);
    expect(drawn(crowd, { kind: "group", group: 1 }).lit).not.toContain(0);
  });

  it("are all of a chosen bundle", () => {
    const { lines, data, groups } = drawn(crowd, { kind: "bundle", from: 0, to: 1 });
    expect(lines.filter(({ kind, chosen }) => kind === "edge" && chosen)).toHaveLength(400);
    expect(surroundings(data, groups, { kind: "bundle", from: 0, to: 1 }).size).toBe(40);
  });

  it("leave out what nobody could make out, and say how many", () => {
    const many: WorkloadGraph = {
      nodes: crowd.nodes,
      edges: crowd.edges.map((one) => ({ ...one, broken: [{ rule: "r", ports: one.ports }] })),
    };
    const { lines, left } = drawn(many, NONE);
    expect(lines.filter(({ kind }) => kind === "edge").length + left).toBe(402);
    expect(left).toBeGreaterThan(0);
  });
});
