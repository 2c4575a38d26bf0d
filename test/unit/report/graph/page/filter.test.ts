import { describe, expect, it } from "vitest";
import { layout } from "../../../../../src/report/graph/layout.ts";
import { pageData, type PageGraph } from "../../../../../src/report/graph/page-data.ts";
import { NO_FILTER, passing } from "../../../../../src/report/graph/page/filter.js";
import { unpacked } from "../../../../../src/report/graph/page/unpacked.js";
import { shop } from "../graphs.ts";

const graph: PageGraph = unpacked(
  pageData(shop, layout(shop), (_, path) => ({ file: path === "" ? "odd.yaml" : "shop.yaml", line: 3 })),
);

const shown = (filter: Partial<typeof NO_FILTER>) => {
  const { edges, nodes } = passing(graph, { ...NO_FILTER, ...filter });
  const name = (index: number | undefined): string => {
    const node = graph.nodes[index ?? -1];
    return node?.type === "workload" ? node.name : "outside";
  };
  return {
    edges: edges.map((at) => `${name(graph.edges.from[at])} → ${name(graph.edges.to[at])}`),
    nodes: [...nodes].sort((a, b) => a - b).map(name),
  };
};

const ALL = ["outside → web", "db → outside", "web → db", "job → db"];

describe("what passes a filter", () => {
  it("is everything, where nothing is asked for", () => {
    expect(shown({})).toEqual({ edges: ALL, nodes: ["outside", "db", "web", "job"] });
  });

  it.each<[string, readonly string[]]>([
    ["web", ["outside → web", "web → db"]],
    ["WEB db", ["web → db"]],
    ["tier=front", ["outside → web", "web → db"]],
    ["53", ["job → db"]],
    ["forbidden-path", ["web → db"]],
    ["networkpolicy/p", ["db → outside", "web → db", "job → db"]],
    ["odd.yaml", ["job → db"]],
    ["outside the cluster", ["outside → web", "db → outside"]],
    ["constructor", []],
  ])("has all the words %j in its ends, labels, ports, policies, files or rules", (words, edges) => {
    expect(shown({ words }).edges).toEqual(edges);
  });

  it("is a node that has the words, even without an edge that has", () => {
    expect(shown({ words: "app=job" })).toEqual({ edges: ["job → db"], nodes: ["db", "job"] });
    expect(shown({ words: "job tools" }).nodes).toEqual(["db", "job"]);
    expect(shown({ words: "nobody" })).toEqual({ edges: [], nodes: [] });
  });

  it.each<[string, string, readonly string[]]>([
    ["", "into", ["outside → web"]],
    ["", "out", ["db → outside"]],
    ["", "within", ["web → db", "job → db"]],
    ["shop", "any", ALL],
    ["shop", "into", ["outside → web", "job → db"]],
    ["shop", "out", ["db → outside"]],
    ["shop", "within", ["web → db"]],
    ["tools", "any", ["job → db"]],
    ["tools", "into", []],
  ])("goes, for the namespace %j, %s it", (namespace, direction, edges) => {
    expect(shown({ namespace, direction: direction as (typeof NO_FILTER)["direction"] }).edges).toEqual(edges);
  });

  it("breaks the rule, or any", () => {
    expect(shown({ rule: "forbidden-path/db" })).toEqual({ edges: ["web → db"], nodes: ["db", "web"] });
    expect(shown({ rule: "*" }).edges).toEqual(["web → db"]);
    expect(shown({ rule: "forbidden-path/other" }).edges).toEqual([]);
  });
});
