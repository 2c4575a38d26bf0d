/** @import { PageGraph } from "../page-data.ts" */

/**
 * What is chosen: one thing at most. Groups are indices as `groupsOf` has them.
 * @typedef {{ readonly kind: "none" }
 *   | { readonly kind: "node"; readonly node: number }
 *   | { readonly kind: "edge"; readonly edge: number }
 *   | { readonly kind: "group"; readonly group: number }
 *   | { readonly kind: "bundle"; readonly from: number; readonly to: number }} Choice
 */

/**
 * A line on the map: an edge, or all edges from one group to another.
 * @typedef {object} Line
 * @property {string} id
 * @property {string} source
 * @property {string} target
 * @property {string} label
 * @property {"edge" | "bundle"} kind
 * @property {boolean} forbidden
 * @property {boolean} unsure
 * @property {boolean} chosen
 */

/** @typedef {{ readonly names: readonly string[]; readonly of: readonly number[] }} Groups */

/**
 * The names of the namespaces, and the group of each node: the index of its namespace, or one more for what is outside.
 * @type {(graph: PageGraph) => Groups}
 */
export const groupsOf = (graph) => {
  const names = graph.namespaces.map(({ name }) => name);
  const indices = new Map(names.map((name, index) => [name, index]));
  const of = graph.nodes.map((node) => (node.type === "workload" ? indices.get(node.namespace) : undefined));
  return { names, of: of.map((group) => group ?? names.length) };
};

/**
 * On which ports an edge passes, or may, in words.
 * @type {(graph: PageGraph, edge: number) => string}
 */
export const portsOf = (graph, edge) => {
  const sure = graph.ports[graph.edges.ports[edge] ?? 0] ?? "";
  const unsure = graph.ports[graph.edges.unsure[edge] ?? 0] ?? "";
  return [sure, unsure === "" ? "" : `${unsure} (undecided)`].filter((text) => text !== "").join(", ");
};

/**
 * The codes of the rules that an edge breaks.
 * @type {(graph: PageGraph, edge: number) => readonly string[]}
 */
export const brokenBy = (graph, edge) =>
  (graph.brokenSets[graph.edges.broken[edge] ?? 0] ?? []).map(([rule]) => graph.rules[rule] ?? "");

/**
 * Whether an edge is chosen, or belongs to what is.
 * @type {(graph: PageGraph, groups: Groups, choice: Choice, edge: number) => boolean}
 */
export const isChosen = (graph, groups, choice, edge) => {
  const [from = 0, to = 0] = [graph.edges.from[edge], graph.edges.to[edge]];
  switch (choice.kind) {
    case "none":
      return false;
    case "node":
      return from === choice.node || to === choice.node;
    case "edge":
      return edge === choice.edge;
    case "group":
      return groups.of[from] === choice.group || groups.of[to] === choice.group;
    case "bundle":
      return groups.of[from] === choice.from && groups.of[to] === choice.to;
  }
};

/**
 * The line of one edge.
 * @type {(graph: PageGraph, edge: number, chosen: boolean) => Line}
 */
export const lineOf = (graph, edge, chosen) => {
  const rules = brokenBy(graph, edge);
  return {
    id: `e${String(edge)}`,
    source: `n${String(graph.edges.from[edge])}`,
    target: `n${String(graph.edges.to[edge])}`,
    label: `${rules.length > 0 ? "✕ " : ""}${portsOf(graph, edge)}`,
    kind: "edge",
    forbidden: rules.length > 0,
    unsure: graph.edges.unsure[edge] !== 0,
    chosen,
  };
};
