/** @import { PageGraph } from "../page-data.ts" */

/**
 * What is asked for. `namespace` and `rule` are "" for any; `rule` is "*" for whatever some rule forbids. A direction is
 * that of the namespace, or of the whole cluster where there is none.
 * @typedef {object} Filter
 * @property {string} words
 * @property {string} namespace
 * @property {"any" | "into" | "out" | "within"} direction
 * @property {string} rule
 */

/** Everything passes. @type {Filter} */
export const NO_FILTER = { words: "", namespace: "", direction: "any", rule: "" };

/**
 * The namespace of a node; undefined for what is outside the cluster.
 * @type {(node: PageGraph["nodes"][number] | undefined) => string | undefined}
 */
export const namespaceOf = (node) => (node?.type === "workload" ? node.namespace : undefined);

/** @type {(node: PageGraph["nodes"][number]) => string} */
const nodeText = (node) =>
  node.type === "external"
    ? "external outside the cluster"
    : [node.id, ...node.serviceAccounts, ...Object.entries(node.labels).map((label) => label.join("="))].join(" ");

/** @type {(permit: PageGraph["permits"][number]) => string} */
const permitText = (permit) =>
  permit.by === "rule" || permit.by === "undecided"
    ? [permit.policy.namespace, permit.policy.kind, permit.policy.name].join("/") + ` ${permit.file ?? ""}`
    : "";

/**
 * For one word, whether each node, text of ports, set of permits and set of broken rules has it.
 * @type {(graph: PageGraph, word: string) => Record<"nodes" | "ports" | "permits" | "broken", readonly boolean[]>}
 */
const hitsOf = (graph, word) => {
  /** @type {(text: string) => boolean} */
  const has = (text) => text.toLowerCase().includes(word);
  const permits = graph.permits.map((permit) => has(permitText(permit)));
  return {
    nodes: graph.nodes.map((node) => has(nodeText(node))),
    ports: graph.ports.map(has),
    permits: graph.permitSets.map((set) => set.some((permit) => permits[permit] === true)),
    broken: graph.brokenSets.map((set) => set.some(([rule]) => has(graph.rules[rule] ?? ""))),
  };
};

/** @type {(direction: Filter["direction"], from: boolean, to: boolean) => boolean} */
const goes = (direction, from, to) => {
  switch (direction) {
    case "any":
      return from || to;
    case "into":
      return to && !from;
    case "out":
      return from && !to;
    case "within":
      return from && to;
  }
};

/**
 * What passes a filter: indices of edges, and of nodes. A node passes if it has all words itself, or is an end of an edge
 * that passes.
 * @type {(graph: PageGraph, filter: Filter) => { readonly edges: readonly number[]; readonly nodes: ReadonlySet<number> }}
 */
export const passing = (graph, filter) => {
  const hits = filter.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => hitsOf(graph, word));
  const inside = graph.nodes.map((node) => {
    const namespace = namespaceOf(node);
    return namespace !== undefined && (filter.namespace === "" || namespace === filter.namespace);
  });
  const rules = graph.brokenSets.map(
    (set) => filter.rule === "" || set.some(([rule]) => filter.rule === "*" || graph.rules[rule] === filter.rule),
  );
  const { from, to, ports, unsure, egress, ingress, broken } = graph.edges;
  /** @type {number[]} */
  const edges = [];
  for (let edge = 0; edge < from.length; edge++) {
    const [source = 0, destination = 0] = [from[edge], to[edge]];
    if (!goes(filter.direction, inside[source] === true, inside[destination] === true)) continue;
    if (rules[broken[edge] ?? 0] !== true) continue;
    const isHit = hits.every(
      (hit) =>
        hit.nodes[source] === true ||
        hit.nodes[destination] === true ||
        hit.ports[ports[edge] ?? 0] === true ||
        hit.ports[unsure[edge] ?? 0] === true ||
        hit.permits[egress[edge] ?? 0] === true ||
        hit.permits[ingress[edge] ?? 0] === true ||
        hit.broken[broken[edge] ?? 0] === true,
    );
    if (isHit) edges.push(edge);
  }
  /** @type {Set<number>} */
  const nodes = new Set();
  for (const edge of edges) nodes.add(from[edge] ?? 0).add(to[edge] ?? 0);
  if (filter.rule === "" && filter.direction === "any")
    for (const node of graph.nodes.keys())
      if (inside[node] === true && hits.every((hit) => hit.nodes[node] === true)) nodes.add(node);
  return { edges, nodes };
};
