import type { PathEdge, WorkloadNode } from "../../model/workload-graph.ts";
import { drawingIds } from "./drawing-ids.ts";
import type { GraphFormat } from "./format.ts";
import { edgePortsText, hasExternal } from "./plain.ts";

/** Graphviz draws it in any version; the same red as the page's. */
const FORBIDDEN = "#c62828";

/**
 * A double-quoted ID of the DOT language that shows `text` as it is. Backslashes begin escapes (`\N` is the node's name)
 * and `&` begins HTML entities even in plain labels; what is no character of text (controls, separators) becomes a space.
 */
const quoted = (text: string): string =>
  `"${text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/&/g, "&amp;")}"`;

const attributes = (values: Readonly<Record<string, string>>): string =>
  `[${Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(", ")}]`;

const nodeLine = ({ kind, name, hostNetwork }: WorkloadNode, id: string): string =>
  `    ${id} ${attributes({ label: `${kind}/${name}`, ...(hostNetwork ? { style: "rounded,dashed" } : {}) })};\n`;

const edgeLine = (edge: PathEdge, ids: ReadonlyMap<string, string>): string => {
  const rules = edge.broken.map(({ rule }) => `✕ ${rule}`);
  const label = [edgePortsText(edge), ...rules].join(", ");
  const forbidden = { color: FORBIDDEN, fontcolor: FORBIDDEN, penwidth: "2.5" };
  return `  ${ids.get(edge.from) ?? ""} -> ${ids.get(edge.to) ?? ""} ${attributes({
    label,
    ...(rules.length > 0 ? forbidden : {}),
  })};\n`;
};

/** The DOT language of Graphviz: a cluster for each namespace, forbidden paths in red. */
export const dotGraph: GraphFormat = function* (graph) {
  const ids = drawingIds(graph);
  yield "digraph netpol {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=Helvetica];\n  edge [fontname=Helvetica, fontsize=10];\n";
  if (hasExternal(graph)) yield `  external ${attributes({ label: "outside the cluster", shape: "ellipse" })};\n`;
  let index = 0;
  for (const [namespace, nodes] of Map.groupBy(graph.nodes, (node) => node.namespace)) {
    yield `  subgraph cluster_${String(index++)} {\n    label=${quoted(namespace)};\n    color=gray70;\n`;
    for (const node of nodes) yield nodeLine(node, ids.get(node.id) ?? "");
    yield "  }\n";
  }
  for (const edge of graph.edges) yield edgeLine(edge, ids);
  yield "}\n";
};
