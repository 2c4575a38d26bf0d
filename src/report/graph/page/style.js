/** @import { SingularElementArgument, StylesheetJsonBlock } from "cytoscape" */
/** @import { Colours } from "./colours.js" */

const FONT = "system-ui, sans-serif";
/** Of the names across namespaces. */
const NAME_SIZE = 22;
/** Around such a name, and between two of them. */
const NAME_PADDING = 3;

/**
 * How wide a name across namespaces may be written.
 * @type {(scale: number) => (name: SingularElementArgument) => string}
 */
const widthOf = (scale) => (name) => `${String(Math.max(0, Number(name.data("room")) - 3 * NAME_PADDING * scale))}px`;

/** @type {(colours: Colours, scale: number) => StylesheetJsonBlock[]} */
const boxStyles = ({ ink, muted, surface, frame, accent, node }, scale) => [
  {
    selector: "node",
    style: {
      shape: "round-rectangle",
      width: "data(width)",
      height: "data(height)",
      label: "data(label)",
      color: ink,
      "font-family": FONT,
      "font-size": 12,
      "text-valign": "center",
      "min-zoomed-font-size": 6,
      "background-color": node,
      "border-width": scale,
      "border-color": frame,
      "overlay-opacity": 0,
      "z-index-compare": "manual",
      "z-index": 3,
    },
  },
  {
    selector: "node.group",
    style: {
      "background-color": surface,
      "text-valign": "top",
      "text-margin-y": 28,
      "font-size": 15,
      "font-weight": 600,
      color: muted,
      "z-index": 0,
    },
  },
  { selector: "node.host", style: { "border-style": "dashed", "border-color": muted } },
  { selector: "node.external", style: { shape: "round-hexagon", "font-weight": 600 } },
  {
    selector: "node.name",
    style: {
      display: scale === 1 ? "none" : "element",
      events: "no",
      "background-opacity": 0,
      "border-width": 0,
      "font-size": NAME_SIZE * scale,
      "text-wrap": "ellipsis",
      "text-max-width": widthOf(scale),
      "font-weight": 600,
      "text-background-color": surface,
      "text-background-opacity": 0.8,
      "text-background-padding": `${String(NAME_PADDING * scale)}px`,
      "z-index": 6,
    },
  },
  { selector: "node.chosen", style: { "border-width": 3 * scale, "border-color": accent } },
];

/** @type {(colours: Colours, scale: number) => StylesheetJsonBlock[]} */
const lineStyles = ({ muted, surface, line, accent, danger, warning }, scale) => [
  {
    selector: "edge",
    style: {
      width: 1.3 * scale,
      "line-color": line,
      "target-arrow-color": line,
      "target-arrow-shape": "triangle",
      "arrow-scale": 0.9,
      "curve-style": "bezier",
      label: "data(label)",
      color: muted,
      "font-family": FONT,
      "font-size": 10,
      "min-zoomed-font-size": 7,
      "text-rotation": "autorotate",
      "text-background-color": surface,
      "text-background-opacity": 0.85,
      "text-background-padding": "2px",
      "overlay-opacity": 0,
      "z-index-compare": "manual",
      "z-index": 2,
    },
  },
  { selector: "edge.bundle", style: { width: 3 * scale, "font-size": 14, "arrow-scale": 1.4, "z-index": 1 } },
  {
    selector: "edge.unsure",
    style: { "line-style": "dotted", "line-color": warning, "target-arrow-color": warning, width: 2 * scale },
  },
  {
    selector: "edge.chosen",
    style: { "line-color": accent, "target-arrow-color": accent, width: 2.6 * scale, "z-index": 4 },
  },
  {
    selector: "edge.forbidden",
    style: {
      "line-style": "dashed",
      "line-dash-pattern": [8 * scale, 5 * scale],
      "line-color": danger,
      "target-arrow-color": danger,
      color: danger,
      width: 3 * scale,
      "z-index": 5,
    },
  },
  { selector: "edge.forbidden.chosen", style: { width: 5 * scale } },
  { selector: "edge.bundle.chosen", style: { width: 4.5 * scale } },
];

/**
 * How the map looks in these colours. What is forbidden is not only red: it is wider, dashed, and marked with a cross.
 * `scale`: how much larger lines are than drawn at full size, for a map that is seen from afar; from there, names are
 * written across namespaces.
 * @type {(colours: Colours, scale: number) => StylesheetJsonBlock[]}
 */
export const styleOf = (colours, scale) => [
  ...boxStyles(colours, scale),
  ...lineStyles(colours, scale),
  { selector: ".faded", style: { opacity: 0.15 } },
];
