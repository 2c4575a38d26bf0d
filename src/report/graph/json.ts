import { safeJson } from "../safe-json.ts";
import type { GraphFormat } from "./format.ts";
import { plainEdge, plainNodes } from "./plain.ts";

function* lines(items: Iterable<object>): Iterable<string> {
  let comma = "";
  for (const item of items) {
    yield comma + safeJson(item);
    comma = ",";
  }
}

/** `{nodes, edges}`, one of them a line; docs/graph.md describes each field. */
export const jsonGraph: GraphFormat = function* (graph, placeOf) {
  yield '{"nodes":[\n';
  yield* lines(plainNodes(graph));
  yield '],"edges":[\n';
  yield* lines(Iterator.from(graph.edges).map((edge) => plainEdge(edge, placeOf)));
  yield "]}\n";
};
