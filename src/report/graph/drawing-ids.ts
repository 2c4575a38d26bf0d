import { EXTERNAL, type WorkloadGraph } from "../../model/workload-graph.ts";

/** The ids that nodes have in a drawing's language, so that no name is ever read as part of it. */
export const drawingIds = (graph: WorkloadGraph): ReadonlyMap<string, string> =>
  new Map([[EXTERNAL, EXTERNAL], ...graph.nodes.map(({ id }, index): [string, string] => [id, `n${String(index)}`])]);
