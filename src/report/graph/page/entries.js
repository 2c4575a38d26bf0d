/** @import { PageGraph } from "../page-data.ts" */
/** @import { Choice } from "./drawing.js" */
/** @import { Entries } from "./list.js" */
import { brokenBy, portsOf } from "./drawing.js";

/**
 * What a node is called by itself.
 * @type {(node: PageGraph["nodes"][number] | undefined) => string}
 */
export const nameOf = (node) => (node?.type === "workload" ? node.name : "outside the cluster");

/**
 * What a node is called beside others: its namespace with it.
 * @type {(node: PageGraph["nodes"][number] | undefined) => string}
 */
export const fullNameOf = (node) => (node?.type === "workload" ? `${node.namespace}/${node.name}` : nameOf(node));

/**
 * The id of what is chosen in the list of nodes, or of edges.
 * @type {(choice: Choice) => string}
 */
export const idOf = (choice) =>
  choice.kind === "node" ? `n${String(choice.node)}` : choice.kind === "edge" ? `e${String(choice.edge)}` : "";

/** How many forbidden edges each node has. @type {(graph: PageGraph) => ReadonlyMap<number, number>} */
const forbiddenCounts = (graph) => {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const [edge, broken] of graph.edges.broken.entries())
    if (broken !== 0)
      for (const end of new Set([graph.edges.from[edge] ?? 0, graph.edges.to[edge] ?? 0]))
        counts.set(end, (counts.get(end) ?? 0) + 1);
  return counts;
};

/**
 * Entries for nodes, in their order; those with forbidden edges are marked.
 * @type {(graph: PageGraph, nodes: Iterable<number>, choose: (choice: Choice) => void) => Entries}
 */
export const nodeEntries = (graph, nodes, choose) => {
  const forbidden = forbiddenCounts(graph);
  return {
    indices: [...nodes].sort((a, b) => a - b),
    entry: (index) => {
      const node = graph.nodes[index];
      const count = forbidden.get(index) ?? 0;
      return {
        id: idOf({ kind: "node", node: index }),
        title: nameOf(node),
        more: node?.type === "workload" ? `${node.kind} in ${node.namespace}` : "",
        ...(count > 0 ? { mark: `✕ ${String(count)} forbidden` } : {}),
      };
    },
    choose: (index) => {
      choose({ kind: "node", node: index });
    },
  };
};

/**
 * Entries for edges, the forbidden ones first.
 * @type {(graph: PageGraph, edges: readonly number[], choose: (choice: Choice) => void) => Entries}
 */
export const edgeEntries = (graph, edges, choose) => ({
  indices: [
    ...edges.filter((edge) => graph.edges.broken[edge] !== 0),
    ...edges.filter((edge) => graph.edges.broken[edge] === 0),
  ],
  entry: (edge) => {
    const rules = brokenBy(graph, edge);
    const [from, to] = [graph.nodes[graph.edges.from[edge] ?? 0], graph.nodes[graph.edges.to[edge] ?? 0]];
    return {
      id: idOf({ kind: "edge", edge }),
      title: `${fullNameOf(from)} → ${fullNameOf(to)}`,
      more: portsOf(graph, edge),
      ...(rules.length > 0 ? { mark: `✕ ${rules.map((rule) => rule.slice(rule.indexOf("/") + 1)).join(", ")}` } : {}),
    };
  },
  choose: (edge) => {
    choose({ kind: "edge", edge });
  },
});
