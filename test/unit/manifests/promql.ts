import { parser } from "@prometheus-io/lezer-promql";

/** What an expression asks for. */
export interface Asked {
  /** Names of metrics. */
  readonly metrics: readonly string[];
  /** Labels that select, group or join. */
  readonly labels: readonly string[];
}

/** Reads a PromQL expression; throws where it is none. */
export const parsePromql = (expression: string): Asked => {
  const found = { metrics: [] as string[], labels: [] as string[] };
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError)
        throw new Error(`Expected PromQL, found an error at ${String(from)} of ${JSON.stringify(expression)}`);
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector") found.metrics.push(text);
      if (type.name === "LabelName") found.labels.push(text);
    },
  });
  return found;
};
