/** @import { PageGraph } from "../page-data.ts" */

/** Around what is shown, in pixels. */
export const MARGIN = 30;
/** Below this zoom, the names in the boxes cannot be read any more. */
const SMALLEST_READ = 0.55;

/**
 * How much larger than drawn lines have to be to be seen, in steps: each change of it costs.
 * @type {(zoom: number) => number}
 */
export const scaleAt = (zoom) =>
  zoom >= SMALLEST_READ ? 1 : SMALLEST_READ / 2 ** (Math.round(Math.log2(zoom) * 2) / 2);

/**
 * At about which zoom the whole map is seen in a container.
 * @type {(container: Element, graph: PageGraph) => number}
 */
export const zoomToFit = (container, { namespaces }) => {
  if (namespaces.length === 0) return 1;
  /** @type {(middle: "x" | "y", size: "width" | "height") => number} */
  const extent = (middle, size) =>
    Math.max(...namespaces.map((box) => box[middle] + box[size] / 2)) -
    Math.min(...namespaces.map((box) => box[middle] - box[size] / 2));
  /** @type {(all: number) => number} */
  const room = (all) => Math.max(1, all - 2 * MARGIN);
  return Math.min(
    1,
    room(container.clientWidth) / extent("x", "width"),
    room(container.clientHeight) / extent("y", "height"),
  );
};
