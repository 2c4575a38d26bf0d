/** @import { PageGraph } from "../page-data.ts" */
/** @import { Choice, Groups, Line } from "./drawing.js" */
import { namespaceOf } from "./filter.js";

/**
 * The nodes that are not to be faded: those that are visible, and with a choice only those that belong to it.
 * @type {(groups: Groups, lines: readonly Line[], visible: ReadonlySet<number>, choice: Choice) => ReadonlySet<number>}
 */
export const litNodes = (groups, lines, visible, choice) => {
  if (choice.kind === "none") return visible;
  const ends = new Set(lines.filter(({ chosen }) => chosen).flatMap(({ source, target }) => [source, target]));
  return new Set(
    [...visible].filter((node) => {
      const group = groups.of[node] ?? -1;
      const isChosen =
        (choice.kind === "group" && choice.group === group) || (choice.kind === "node" && choice.node === node);
      return isChosen || ends.has(`n${String(node)}`) || ends.has(`g${String(group)}`);
    }),
  );
};

/**
 * The nodes to look at for a choice: the ends of an edge, or all of the namespaces it is about.
 * @type {(graph: PageGraph, groups: Groups, choice: Choice) => ReadonlySet<number>}
 */
export const surroundings = (graph, groups, choice) => {
  switch (choice.kind) {
    case "none":
      return new Set();
    case "edge":
      return new Set([graph.edges.from[choice.edge] ?? 0, graph.edges.to[choice.edge] ?? 0]);
    case "node":
      return inGroups(groups, [groups.of[choice.node] ?? -1]);
    case "group":
      return inGroups(groups, [choice.group]);
    case "bundle":
      return inGroups(groups, [choice.from, choice.to]);
  }
};

/**
 * The nodes to look at with a filter: those that pass, of the namespace if there is one. None: the whole map.
 * @type {(graph: PageGraph, visible: ReadonlySet<number>, namespace: string) => ReadonlySet<number>}
 */
export const inFocus = (graph, visible, namespace) => {
  if (namespace !== "") return new Set([...visible].filter((node) => namespaceOf(graph.nodes[node]) === namespace));
  return visible.size === graph.nodes.length ? new Set() : visible;
};

/** @type {(groups: Groups, wanted: readonly number[]) => ReadonlySet<number>} */
const inGroups = (groups, wanted) =>
  new Set([...groups.of.keys()].filter((node) => wanted.includes(groups.of[node] ?? -1)));
