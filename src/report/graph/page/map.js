/** @import { PageGraph } from "../page-data.ts" */
/** @import { Choice, Groups, Line } from "./drawing.js" */
import { readColours } from "./colours.js";
import { litNodes } from "./lit.js";
import { boxElements, lineElement } from "./map-elements.js";
import { MARGIN, scaleAt, zoomToFit } from "./scale.js";
import { styleOf } from "./style.js";

/** A few boxes are not blown up beyond this. */
const LARGEST = 1.2;
/** @type {(id: string) => Choice} */
const choiceOf = (id) => {
  const [first = 0, second = 0] = id.slice(1).split("-").map(Number);
  if (id.startsWith("n")) return { kind: "node", node: first };
  if (id.startsWith("e")) return { kind: "edge", edge: first };
  if (id.startsWith("g")) return { kind: "group", group: first };
  return { kind: "bundle", from: first, to: second };
};

/** @typedef {ReturnType<typeof createMap>} GraphMap */

/**
 * The map, in an element of the page.
 * @param {HTMLElement} container
 * @param {PageGraph} graph
 * @param {Groups} groups
 * @param {(choice: Choice) => void} choose
 */
export const createMap = (container, graph, groups, choose) => {
  let scale = scaleAt(zoomToFit(container, graph));
  /** In the page's colours of now; paper, which is light whatever they are, has to know them. */
  const stylesheet = () => {
    container.dataset["drawn"] = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return styleOf(readColours(), scale);
  };
  const cy = cytoscape({
    container,
    elements: boxElements(graph),
    layout: { name: "preset", fit: false },
    style: stylesheet(),
    minZoom: 0.02,
    maxZoom: 3,
    boxSelectionEnabled: false,
    autoungrabify: true,
    autounselectify: true,
  });
  const boxes = graph.nodes.map((_, index) => cy.getElementById(`n${String(index)}`));
  const frames = graph.namespaces.map((_, index) => cy.getElementById(`g${String(index)}`));
  const names = graph.namespaces.map((_, index) => cy.getElementById(`l${String(index)}`));
  cy.on("tap", (event) => {
    /** @type {unknown} */
    const target = event.target;
    const hit = cy
      .elements()
      .toArray()
      .find((one) => one === target);
    choose(hit === undefined ? { kind: "none" } : choiceOf(hit.id()));
  });
  const restyle = () => {
    cy.style(stylesheet());
  };
  cy.on("zoom", () => {
    const next = scaleAt(cy.zoom());
    if (next === scale) return;
    scale = next;
    restyle();
  });

  /**
   * Shows these lines. Nodes that are not visible are faded, and with a choice whatever does not belong to it.
   * @type {(lines: readonly Line[], visible: ReadonlySet<number>, choice: Choice) => void}
   */
  const draw = (lines, visible, choice) => {
    const lit = litNodes(groups, lines, visible, choice);
    const litGroups = new Set([...lit].map((node) => groups.of[node]));
    cy.batch(() => {
      cy.edges().remove();
      cy.nodes(".faded, .chosen").removeClass("faded chosen");
      const drawn = cy.add(lines.map(lineElement));
      if (choice.kind !== "none") drawn.not(".chosen").addClass("faded");
      for (const [node, box] of boxes.entries()) if (!lit.has(node)) box.addClass("faded");
      for (const group of frames.keys())
        if (!litGroups.has(group)) for (const box of [frames[group], names[group]]) box?.addClass("faded");
      if (choice.kind === "node") boxes[choice.node]?.addClass("chosen");
      if (choice.kind === "group") frames[choice.group]?.addClass("chosen");
    });
  };

  /**
   * Shows all of these nodes as large as there is room; the whole map, if there are none.
   * @type {(nodes: ReadonlySet<number>) => void}
   */
  const fit = (nodes) => {
    const wanted = new Set([...nodes].map((node) => `n${String(node)}`));
    const shown = cy.nodes().filter((box) => wanted.has(box.id()));
    cy.fit(shown.empty() ? cy.nodes(".group, .external") : shown, MARGIN);
    if (cy.zoom() <= LARGEST) return;
    cy.zoom(LARGEST);
    cy.center(shown);
  };

  /** @type {(factor: number) => void} */
  const zoom = (factor) => {
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  };
  /** @type {(x: number, y: number) => void} */
  const pan = (x, y) => {
    cy.panBy({ x, y });
  };
  return { draw, fit, zoom, pan, restyle };
};
