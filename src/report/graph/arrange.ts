import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";

/** Pixels at full size. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the middle of something is, in pixels at full size. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Layers say something as long as a node has about so many links; beyond, only a grid is quick and can be read. */
const LINKS_PER_NODE = 3;
/** Layers longer or higher than this, and than a screen, would leave most of it empty. */
const LONGEST = 3.5;
const SCREEN_SIZE = 1200;
/** The page's map is about so much wider than high. */
const SCREEN = 1.25;

cytoscape.use(dagre);

const columnsFor = (sizes: readonly Size[], gap: number): number => {
  const width = sizes.reduce((most, size) => Math.max(most, size.width), 0) + gap;
  const height = sizes.reduce((most, size) => Math.max(most, size.height), 0) + gap;
  return Math.max(1, Math.round(Math.sqrt((sizes.length * SCREEN * height) / width)));
};

/** Nodes `n0`, `n1`, … of these sizes, and the links between them by number. */
const graphOf = (sizes: readonly Size[], links: readonly (readonly [from: number, to: number])[]): cytoscape.Core =>
  cytoscape({
    headless: true,
    styleEnabled: true,
    style: [{ selector: "node", style: { width: "data(width)", height: "data(height)", shape: "rectangle" } }],
    elements: [
      ...sizes.map(({ width, height }, index) => ({ data: { id: `n${String(index)}`, width, height } })),
      ...links.map(([from, to]) => ({ data: { source: `n${String(from)}`, target: `n${String(to)}` } })),
    ],
  });

/** Whether layers along the links came out well; the nodes are moved either way. */
const putInLayers = (cy: cytoscape.Core, gap: number): boolean => {
  const layers: dagre.DagreLayoutOptions = { name: "dagre", rankDir: "LR", nodeSep: gap, rankSep: 2 * gap };
  cy.layout(layers).run();
  const { w, h } = cy.nodes().boundingBox();
  return Math.max(w, h) <= SCREEN_SIZE || Math.max(w / h, h / w) <= LONGEST;
};

/**
 * Places boxes so that none overlap, the same way each time: in layers along the links where that comes out well, in a
 * grid otherwise. Links are pairs of indices; the answer is in the order of `sizes`.
 */
export const arrange = (
  sizes: readonly Size[],
  links: readonly (readonly [from: number, to: number])[],
  gap: number,
): readonly Point[] => {
  const isSparse = links.length > 0 && links.length <= LINKS_PER_NODE * sizes.length;
  const cy = graphOf(sizes, isSparse ? links : []);
  if (!isSparse || !putInLayers(cy, gap))
    cy.layout({ name: "grid", condense: true, avoidOverlapPadding: gap, cols: columnsFor(sizes, gap) }).run();
  const points = cy.nodes().map((node) => ({ ...node.position() }));
  cy.destroy();
  return points;
};
