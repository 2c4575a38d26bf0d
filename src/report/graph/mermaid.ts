import type { PathEdge, WorkloadNode } from "../../model/workload-graph.ts";
import { drawingIds } from "./drawing-ids.ts";
import type { GraphFormat } from "./format.ts";
import { edgePortsText, hasExternal } from "./plain.ts";

const FORBIDDEN = "stroke:#c62828,stroke-width:3px,color:#c62828";

/**
 * A quoted label that shows `text` as it is: whatever is neither letter, digit nor harmless becomes an entity code of
 * Mermaid (`#60;`), which is no markup and ends no label; what is no character of text becomes a space.
 */
const quoted = (text: string): string =>
  `"${text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/[^\p{L}\p{N} ./:,()✕-]/gu, (character) => `#${String(character.codePointAt(0))};`)}"`;

const nodeLine = ({ kind, name }: WorkloadNode, id: string): string => `    ${id}[${quoted(`${kind}/${name}`)}]\n`;

const edgeLine = (edge: PathEdge, ids: ReadonlyMap<string, string>): string => {
  const label = [edgePortsText(edge), ...edge.broken.map(({ rule }) => `✕ ${rule}`)].join(", ");
  return `  ${ids.get(edge.from) ?? ""} -->|${quoted(label)}| ${ids.get(edge.to) ?? ""}\n`;
};

/** A Mermaid flowchart: a subgraph for each namespace, forbidden paths in red. */
export const mermaidGraph: GraphFormat = function* (graph) {
  const ids = drawingIds(graph);
  yield "flowchart LR\n";
  if (hasExternal(graph)) yield `  external((${quoted("outside the cluster")}))\n`;
  let index = 0;
  for (const [namespace, nodes] of Map.groupBy(graph.nodes, (node) => node.namespace)) {
    yield `  subgraph s${String(index++)}[${quoted(namespace)}]\n`;
    for (const node of nodes) yield nodeLine(node, ids.get(node.id) ?? "");
    yield "  end\n";
  }
  for (const edge of graph.edges) yield edgeLine(edge, ids);
  const forbidden = graph.edges.flatMap(({ broken }, at) => (broken.length > 0 ? [String(at)] : []));
  if (forbidden.length > 0) yield `  linkStyle ${forbidden.join(",")} ${FORBIDDEN}\n`;
};
