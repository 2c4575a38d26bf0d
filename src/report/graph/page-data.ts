import { noPorts, portsText, type PortSet } from "../../model/ports.ts";
import type { BrokenRule, PathEdge, Permit, WorkloadGraph } from "../../model/workload-graph.ts";
import type { PlaceOf } from "./format.ts";
import type { Box, Layout } from "./layout.ts";
import { packed } from "./packed.ts";
import { plainNodes, plainPermit, type PlainNode, type PlainPermit } from "./plain.ts";

/** A set of broken rules: indices of `rules` and of `ports`, pair by pair. */
type BrokenIndices = readonly (readonly [rule: number, ports: number])[];

/** Indices of `nodes`, `ports`, `permitSets` and `brokenSets`. */
type EdgeColumn = "from" | "to" | "ports" | "unsure" | "egress" | "ingress" | "broken";

/** What the page shows, with its edges by column. What many of them share is there once. */
export interface PageGraph {
  readonly nodes: readonly (PlainNode & Box)[];
  readonly namespaces: readonly ({ readonly name: string } & Box)[];
  /** Rules that some path breaks, sorted. */
  readonly rules: readonly string[];
  /** Ports in words; the first is "", for none. */
  readonly ports: readonly string[];
  readonly permits: readonly PlainPermit[];
  /** Indices of `permits`. */
  readonly permitSets: readonly (readonly number[])[];
  /** The first is empty. */
  readonly brokenSets: readonly BrokenIndices[];
  readonly edges: Readonly<Record<EdgeColumn, Int32Array>>;
}

/** The graph as it is written into the page: the columns are `packed`. */
export interface PageData extends Omit<PageGraph, "edges"> {
  readonly edges: Readonly<Record<EdgeColumn, readonly number[]>>;
}

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

/** A list of values, each once under its text. */
const interned = <T>(): { readonly values: readonly T[]; readonly index: (text: string, value: T) => number } => {
  const values: T[] = [];
  const indices = new Map<string, number>();
  return {
    values,
    index: (text, value) => {
      const known = indices.get(text) ?? values.push(value) - 1;
      indices.set(text, known);
      return known;
    },
  };
};

/** Remembers an answer by the object it is about, which many edges of a graph share. */
const remembered = <K extends object>(answer: (key: K) => number): ((key: K) => number) => {
  const answers = new WeakMap<K, number>();
  return (key) => {
    const known = answers.get(key) ?? answer(key);
    answers.set(key, known);
    return known;
  };
};

/** The graph as the page takes it. */
export const pageData = (graph: WorkloadGraph, layout: Layout, placeOf: PlaceOf): PageData => {
  const nodes = plainNodes(graph).map((node) => ({ ...node, ...(layout.nodes.get(node.id) ?? NOWHERE) }));
  const nodeIndices = new Map(nodes.map(({ id }, index) => [id, index]));
  const rules = [...new Set(graph.edges.flatMap(({ broken }) => broken.map(({ rule }) => rule)))].sort();
  const [ports, permits] = [interned<string>(), interned<PlainPermit>()];
  const [permitSets, brokenSets] = [interned<readonly number[]>(), interned<BrokenIndices>()];

  const portsIndex = remembered((set: PortSet) => {
    const text = noPorts(set) ? "" : portsText(set);
    return ports.index(text, text);
  });
  const permitIndex = remembered((permit: Permit) => {
    const plain = plainPermit(permit, placeOf);
    return permits.index(JSON.stringify(plain), plain);
  });
  const permitSet = remembered((list: readonly Permit[]) => {
    const indices = list.map(permitIndex);
    return permitSets.index(indices.join(), indices);
  });
  const brokenSet = remembered((list: readonly BrokenRule[]) => {
    const pairs = list.map(({ rule, ports: banned }) => [rules.indexOf(rule), portsIndex(banned)] as const);
    return brokenSets.index(pairs.join(" "), pairs);
  });
  ports.index("", "");
  brokenSets.index("", []);
  const column = (value: (edge: PathEdge) => number): readonly number[] => packed(graph.edges, value);
  const edges = {
    from: column(({ from }) => nodeIndices.get(from) ?? 0),
    to: column(({ to }) => nodeIndices.get(to) ?? 0),
    ports: column((edge) => portsIndex(edge.ports)),
    unsure: column((edge) => portsIndex(edge.unsure)),
    egress: column((edge) => permitSet(edge.permits.egress)),
    ingress: column((edge) => permitSet(edge.permits.ingress)),
    broken: column((edge) => brokenSet(edge.broken)),
  };
  return {
    nodes,
    namespaces: [...layout.namespaces].map(([name, box]) => ({ name, ...box })),
    rules,
    ports: ports.values,
    permits: permits.values,
    permitSets: permitSets.values,
    brokenSets: brokenSets.values,
    edges,
  };
};
