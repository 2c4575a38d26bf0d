/** @import { Choice } from "./drawing.js" */
/** @import { GraphMap } from "./map.js" */
import { part } from "./controls.js";

/** How far one press of an arrow key moves the map, in pixels. */
const STEP = 60;
const ZOOM = 1.3;

/** Where the arrow keys look. @type {ReadonlyMap<string, readonly [x: number, y: number]>} */
const ARROWS = new Map([
  ["ArrowLeft", [STEP, 0]],
  ["ArrowRight", [-STEP, 0]],
  ["ArrowUp", [0, STEP]],
  ["ArrowDown", [0, -STEP]],
]);
/** @type {ReadonlyMap<string, number>} */
const ZOOMS = new Map([
  ["+", ZOOM],
  ["=", ZOOM],
  ["-", 1 / ZOOM],
]);

/**
 * Does what a key means to the map; false for keys that mean nothing to it.
 * @type {(key: string, map: GraphMap) => boolean}
 */
const takeKey = (key, map) => {
  const [arrow, factor] = [ARROWS.get(key), ZOOMS.get(key)];
  if (arrow !== undefined) map.pan(...arrow);
  else if (factor !== undefined) map.zoom(factor);
  else if (key === "0") map.fit(new Set());
  else return false;
  return true;
};

/** @type {(id: string, act: () => void) => void} */
const onPress = (id, act) => {
  part(id, HTMLButtonElement).addEventListener("click", act);
};

/**
 * Keys and buttons that move the map, that begin a search, and that clear the choice.
 * @type {(map: GraphMap, choose: (choice: Choice) => void) => void}
 */
export const setUpKeys = (map, choose) => {
  part("map", HTMLDivElement).addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isPlain && takeKey(event.key, map)) event.preventDefault();
  });
  onPress("closer", () => {
    map.zoom(ZOOM);
  });
  onPress("farther", () => {
    map.zoom(1 / ZOOM);
  });
  onPress("fit", () => {
    map.fit(new Set());
  });
  const words = part("words", HTMLInputElement);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target !== words) choose({ kind: "none" });
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== "/" || isTyping) return;
    event.preventDefault();
    words.focus();
  });
};
