/** @import { PageGraph } from "../page-data.ts" */
/** @import { Filter } from "./filter.js" */
/** @import { Groups } from "./drawing.js" */
import { NO_FILTER } from "./filter.js";

/**
 * An element that the page has; an error where it has none of this kind.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export const part = (id, type) => {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} #${id}`);
};

/** @type {(select: HTMLSelectElement, options: readonly (readonly [value: string, text: string])[]) => void} */
const fillSelect = (select, options) => {
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
};

/** @type {(value: string) => Filter["direction"]} */
const directionOf = (value) => (value === "into" || value === "out" || value === "within" ? value : "any");

/**
 * The controls of the page: what they ask for is told to `changed`, each time that it changes.
 * @type {(graph: PageGraph, groups: Groups, changed: (filter: Filter) => void) => void}
 */
export const setUpControls = (graph, groups, changed) => {
  const form = part("filters", HTMLFormElement);
  const words = part("words", HTMLInputElement);
  const namespace = part("namespace", HTMLSelectElement);
  const direction = part("direction", HTMLSelectElement);
  const rule = part("rule", HTMLSelectElement);
  fillSelect(namespace, [["", "all"], ...groups.names.map((name) => /** @type {const} */ ([name, name]))]);
  fillSelect(rule, [
    ["", "any"],
    ["*", "forbidden by any rule"],
    ...graph.rules.map((name) => /** @type {const} */ ([name, name])),
  ]);
  rule.disabled = graph.rules.length === 0;
  rule.title = rule.disabled ? "No path breaks a rule, or no --config was given" : "";
  const tell = () => {
    changed({
      words: words.value,
      namespace: namespace.value,
      direction: directionOf(direction.value),
      rule: rule.value,
    });
  };
  form.addEventListener("input", tell);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
  });
  form.addEventListener("reset", () => {
    changed(NO_FILTER);
  });
};
