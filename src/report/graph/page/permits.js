/** @import { PageGraph } from "../page-data.ts" */
import { element } from "./list.js";

/** @typedef {PageGraph["permits"][number]} PlainPermit */

/** @type {(place: { readonly file?: string | undefined; readonly line?: number | undefined }) => string} */
const placeText = ({ file, line }) => (file === undefined ? "" : `${file}:${String(line)}`);

/** @type {(permit: PlainPermit) => HTMLElement} */
const permitElement = (permit) => {
  const item = element("li", "permit");
  /** @type {(className: string, text: string) => void} */
  const add = (className, text) => {
    if (text !== "") item.append(element("span", className, text));
  };
  switch (permit.by) {
    case "rule":
      add("policy", `${permit.policy.kind} ${permit.policy.namespace}/${permit.policy.name}`);
      add("code", permit.path);
      add("code", placeText(permit));
      add("more", permit.addresses === undefined ? "" : `addresses: ${permit.addresses}`);
      break;
    case "undecided":
      add("policy", `${permit.policy.kind} ${permit.policy.namespace}/${permit.policy.name} cannot be understood`);
      add("more", permit.reason);
      add("code", placeText(permit));
      break;
    case "not-selected":
      add("policy", "No policy selects it in this direction: everything passes.");
      break;
    case "outside":
      add("policy", "Outside the cluster: no policy applies there.");
      break;
  }
  add("ports", permit.ports);
  return item;
};

/**
 * Everything that lets an edge pass on one side, under a heading.
 * @type {(graph: PageGraph, heading: string, set: number | undefined) => readonly HTMLElement[]}
 */
export const permitList = (graph, heading, set) => {
  const list = element("ul", "permits");
  for (const index of graph.permitSets[set ?? 0] ?? []) {
    const permit = graph.permits[index];
    if (permit !== undefined) list.append(permitElement(permit));
  }
  return [element("h3", "", heading), list];
};

/**
 * The rules that an edge breaks, with the ports; nothing where there are none.
 * @type {(graph: PageGraph, edge: number) => readonly HTMLElement[]}
 */
export const brokenList = (graph, edge) => {
  const set = graph.brokenSets[graph.edges.broken[edge] ?? 0] ?? [];
  if (set.length === 0) return [];
  const list = element("ul", "permits");
  for (const [rule, ports] of set) {
    const item = element("li", "permit broken");
    item.append(element("span", "policy", `✕ ${graph.rules[rule] ?? ""}`));
    item.append(element("span", "ports", graph.ports[ports]));
    list.append(item);
  }
  return [element("h3", "", "Forbidden by"), list];
};
