import { dotGraph } from "./dot.ts";
import type { GraphFormat } from "./format.ts";
import { jsonGraph } from "./json.ts";
import { mermaidGraph } from "./mermaid.ts";

/** The page brings a graph library along, which is loaded only where a page is asked for. */
const htmlGraph: GraphFormat = async function* (graph, placeOf) {
  const { graphPage } = await import("./html.ts");
  yield* graphPage(graph, placeOf);
};

/** Every format that a graph can be printed in, by its name. */
export const GRAPH_FORMATS: ReadonlyMap<string, GraphFormat> = new Map([
  ["mermaid", mermaidGraph],
  ["dot", dotGraph],
  ["json", jsonGraph],
  ["html", htmlGraph],
]);
