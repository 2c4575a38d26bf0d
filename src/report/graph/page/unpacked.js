/** @import { PageData, PageGraph } from "../page-data.ts" */

/** A column as it was before `packed`. @type {(runs: readonly number[]) => Int32Array} */
const column = (runs) => {
  const length = runs.reduce((sum, run, index) => (index % 2 === 1 ? sum + run : sum), 0);
  const values = new Int32Array(length);
  let [at, value] = [0, 0];
  for (let run = 0; run < runs.length; run += 2)
    for (let count = runs[run + 1] ?? 0; count > 0; count--) {
      value += runs[run] ?? 0;
      values[at++] = value;
    }
  return values;
};

/**
 * The graph that was written into the page.
 * @type {(data: PageData) => PageGraph}
 */
export const unpacked = ({ edges: { from, to, ports, unsure, egress, ingress, broken }, ...data }) => ({
  ...data,
  edges: {
    from: column(from),
    to: column(to),
    ports: column(ports),
    unsure: column(unsure),
    egress: column(egress),
    ingress: column(ingress),
    broken: column(broken),
  },
});
