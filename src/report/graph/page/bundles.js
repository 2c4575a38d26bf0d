/** @import { PageGraph } from "../page-data.ts" */
/** @import { Choice, Groups, Line } from "./drawing.js" */
import { isChosen, lineOf, portsOf } from "./drawing.js";

/** More single lines than these are a tangle, and slow to move around. */
const MOST_LINES = 250;
/** Those of one choice may be more: one workload of a cluster without policies has some with each other one. */
const MOST_CHOSEN = 1200;

/** @type {(graph: PageGraph, groups: Groups, edges: readonly number[]) => ReadonlyMap<number, readonly number[]>} */
const byGroups = (graph, groups, edges) => {
  /** @type {Map<number, number[]>} */
  const pairs = new Map();
  for (const edge of edges) {
    const from = groups.of[graph.edges.from[edge] ?? 0] ?? 0;
    const to = groups.of[graph.edges.to[edge] ?? 0] ?? 0;
    if (from === to) continue;
    const key = from * (groups.names.length + 1) + to;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, [edge]);
    else known.push(edge);
  }
  return pairs;
};

/**
 * All edges between different groups, one line for each pair of them.
 * @type {(graph: PageGraph, groups: Groups, edges: readonly number[], choice: Choice) => readonly Line[]}
 */
const bundlesOf = (graph, groups, edges, choice) => {
  const outside = groups.names.length;
  /** @type {(group: number) => string} */
  const endOf = (group) => (group === outside ? `n${String(groups.of.indexOf(outside))}` : `g${String(group)}`);
  return [...byGroups(graph, groups, edges)].map(([key, bundle]) => {
    const [from, to] = [Math.floor(key / (outside + 1)), key % (outside + 1)];
    const [first = 0] = bundle;
    const { ports, unsure, broken } = graph.edges;
    const alike = bundle.every((edge) => ports[edge] === ports[first] && unsure[edge] === unsure[first]);
    const forbidden = bundle.some((edge) => broken[edge] !== 0);
    const count = bundle.length === 1 ? "1 path" : `${String(bundle.length)} paths`;
    return {
      id: `b${String(from)}-${String(to)}`,
      source: endOf(from),
      target: endOf(to),
      label: `${forbidden ? "✕ " : ""}${alike ? `${portsOf(graph, first)}, ` : ""}${count}`,
      kind: "bundle",
      forbidden,
      unsure: bundle.every((edge) => unsure[edge] !== 0),
      chosen:
        (choice.kind === "bundle" && choice.from === from && choice.to === to) ||
        (choice.kind === "group" && (choice.group === from || choice.group === to)),
    };
  });
};

/**
 * Whether a chosen edge is drawn by itself: of a namespace only those within, for its bundles show the others.
 * @type {(graph: PageGraph, groups: Groups, choice: Choice, edge: number) => boolean}
 */
const isSingle = (graph, groups, choice, edge) =>
  choice.kind !== "group" || groups.of[graph.edges.from[edge] ?? 0] === groups.of[graph.edges.to[edge] ?? 0];

/**
 * The lines to draw: every edge where there are not too many; else those between namespaces put together, with every
 * forbidden one and those of the choice by themselves. `left` counts single edges for which there was no room.
 * @type {(graph: PageGraph, groups: Groups, edges: readonly number[], choice: Choice) =>
 *   { readonly lines: readonly Line[]; readonly bundled: boolean; readonly left: number }}
 */
export const linesOf = (graph, groups, edges, choice) => {
  if (edges.length <= MOST_LINES)
    return {
      lines: edges.map((edge) => lineOf(graph, edge, isChosen(graph, groups, choice, edge))),
      bundled: false,
      left: 0,
    };
  const chosen = edges.filter((edge) => isChosen(graph, groups, choice, edge) && isSingle(graph, groups, choice, edge));
  const others = edges.filter((edge) => graph.edges.broken[edge] !== 0);
  const single = new Set([...chosen.slice(0, MOST_CHOSEN), ...others.slice(0, MOST_LINES)]);
  return {
    lines: [
      ...bundlesOf(graph, groups, edges, choice),
      ...[...single].map((edge) => lineOf(graph, edge, isChosen(graph, groups, choice, edge))),
    ],
    bundled: true,
    left: Math.max(0, chosen.length - MOST_CHOSEN) + Math.max(0, others.length - MOST_LINES),
  };
};
