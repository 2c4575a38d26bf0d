import { EXTERNAL, type WorkloadGraph, type WorkloadNode } from "../../model/workload-graph.ts";
import { arrange, type Point, type Size } from "./arrange.ts";
import { hasExternal } from "./plain.ts";

/** A box by its middle. */
export type Box = Point & Size;

/** Where everything is on the map. */
export interface Layout {
  /** The boxes of workloads by id, and of `external` where there is a path to or from it. */
  readonly nodes: ReadonlyMap<string, Box>;
  /** The boxes of namespaces by name, each around its workloads. */
  readonly namespaces: ReadonlyMap<string, Box>;
}

/** A character of the page's labels is about so wide; what is longer than the widest box is cut short there. */
const CHARACTER = 7;
const NODE = { height: 30, padding: 24, narrowest: 72, widest: 190 };
/** Around the workloads of a namespace; its name stands in it, above them. */
const FRAME = { side: 18, top: 40, bottom: 18 };
const GAP = { workloads: 22, namespaces: 70 };

const sizeOf = (label: string): Size => ({
  width: Math.min(NODE.widest, Math.max(NODE.narrowest, label.length * CHARACTER + NODE.padding)),
  height: NODE.height,
});

/** A frame around boxes; they keep their places around its middle. */
interface Group {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly size: Size;
}

type Links = readonly (readonly [from: number, to: number])[];

const groupOf = (nodes: readonly WorkloadNode[], links: Links): Group => {
  const sizes = nodes.map(({ name }) => sizeOf(name));
  const boxes = arrange(sizes, links, GAP.workloads).map((point, index) => ({
    ...point,
    ...(sizes[index] ?? sizeOf("")),
  }));
  const start = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const bounds = boxes.reduce(
    ({ left, right, top, bottom }, { x, y, width, height }) => ({
      left: Math.min(left, x - width / 2 - FRAME.side),
      right: Math.max(right, x + width / 2 + FRAME.side),
      top: Math.min(top, y - height / 2 - FRAME.top),
      bottom: Math.max(bottom, y + height / 2 + FRAME.bottom),
    }),
    start,
  );
  const middle: Point = { x: (bounds.left + bounds.right) / 2, y: (bounds.top + bounds.bottom) / 2 };
  return {
    boxes: new Map(
      nodes.flatMap(({ id }, index) => {
        const box = boxes[index];
        return box === undefined ? [] : [[id, { ...box, x: box.x - middle.x, y: box.y - middle.y }]];
      }),
    ),
    size: { width: bounds.right - bounds.left, height: bounds.bottom - bounds.top },
  };
};

type Member = readonly [group: number, index: number];

/** The links between groups, each once, and those within each group. */
const linksOf = (
  { edges }: WorkloadGraph,
  members: ReadonlyMap<string, Member>,
): { readonly between: Links; readonly within: ReadonlyMap<number, Links> } => {
  const between = new Map<string, readonly [number, number]>();
  const within = new Map<number, (readonly [number, number])[]>();
  for (const { from, to } of edges) {
    const [source, destination] = [members.get(from), members.get(to)];
    if (source === undefined || destination === undefined || from === to) continue;
    if (source[0] === destination[0]) {
      const links = within.get(source[0]) ?? [];
      within.set(source[0], links);
      links.push([source[1], destination[1]]);
    } else between.set(`${String(source[0])} ${String(destination[0])}`, [source[0], destination[0]]);
  }
  return { between: [...between.values()], within };
};

/** Places all workloads, those of a namespace together. */
export const layout = (graph: WorkloadGraph): Layout => {
  const namespaces = [...Map.groupBy(graph.nodes, ({ namespace }) => namespace)];
  const members = new Map<string, Member>(
    namespaces.flatMap(([, nodes], group) => nodes.map(({ id }, index) => [id, [group, index]])),
  );
  if (hasExternal(graph)) members.set(EXTERNAL, [namespaces.length, 0]);
  const { between, within } = linksOf(graph, members);
  const groups = namespaces.map(([, nodes], group) => groupOf(nodes, within.get(group) ?? []));
  const external = sizeOf("outside the cluster");
  if (hasExternal(graph)) groups.push({ boxes: new Map([[EXTERNAL, { x: 0, y: 0, ...external }]]), size: external });
  const middles = arrange(
    groups.map(({ size }) => size),
    between,
    GAP.namespaces,
  );
  const at = (group: number, { x, y, ...size }: Box): Box => {
    const middle = middles[group] ?? { x: 0, y: 0 };
    return { x: Math.round(x + middle.x), y: Math.round(y + middle.y), ...size };
  };
  return {
    nodes: new Map(groups.flatMap(({ boxes }, group) => [...boxes].map(([id, box]) => [id, at(group, box)]))),
    namespaces: new Map(
      namespaces.map(([name], group) => [name, at(group, { x: 0, y: 0, ...(groups[group]?.size ?? external) })]),
    ),
  };
};
