/** @import { PageGraph } from "../page-data.ts" */
/** @import { Line } from "./drawing.js" */
/** @import { Box } from "../layout.ts" */
/** @import { ElementDefinition } from "cytoscape" */

/** Longer names would not fit into the widest box. */
const LONGEST = 24;

/** Names of lone boxes are cut short nowhere. */
const WIDEST_NAME = 10_000;

const OUTSIDE = "outside the cluster";

/** @type {(text: string, longest: number) => string} */
const shortened = (text, longest) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/**
 * How wide the name over a box may be: as far as the next box beside it.
 * @type {(box: Box, boxes: readonly Box[]) => number}
 */
const roomOf = (box, boxes) =>
  Math.min(
    WIDEST_NAME,
    ...boxes
      .filter((other) => other.x !== box.x && Math.abs(other.y - box.y) < (other.height + box.height) / 2)
      .map((other) => Math.abs(other.x - box.x)),
  );

/**
 * The boxes of the map. Namespaces are plain boxes under those of their workloads, for which the library need not work
 * out anything; the names over them are for when they are too small to read.
 * @type {(graph: PageGraph) => ElementDefinition[]}
 */
export const boxElements = (graph) => {
  const outside = graph.nodes.filter(({ type }) => type === "external").map((box) => ({ ...box, name: "outside" }));
  const named = [...graph.namespaces, ...outside];
  return [
    ...graph.namespaces.map(({ name, x, y, width, height }, index) => ({
      data: { id: `g${String(index)}`, label: shortened(name, Math.floor(width / 9)), width, height },
      position: { x, y },
      classes: "group",
    })),
    ...graph.nodes.map((node, index) => ({
      data: {
        id: `n${String(index)}`,
        label: node.type === "external" ? OUTSIDE : shortened(node.name, LONGEST),
        width: node.width,
        height: node.height,
      },
      position: { x: node.x, y: node.y },
      classes: node.type === "external" ? "external" : node.hostNetwork ? "host" : "",
    })),
    ...named.map((box, index) => ({
      data: {
        id: `l${String(index)}`,
        label: shortened(box.name, LONGEST),
        width: box.width,
        height: box.height,
        room: roomOf(box, named),
      },
      position: { x: box.x, y: box.y },
      classes: "name",
    })),
  ];
};

/**
 * A line of the map.
 * @type {(line: Line) => ElementDefinition}
 */
export const lineElement = ({ id, source, target, label, kind, forbidden, unsure, chosen }) => ({
  data: { id, source, target, label },
  classes: [kind, forbidden ? "forbidden" : "", unsure ? "unsure" : "", chosen ? "chosen" : ""].join(" "),
});
