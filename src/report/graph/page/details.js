/** @import { PageGraph } from "../page-data.ts" */
/** @import { Choice, Groups } from "./drawing.js" */
import { isChosen, portsOf } from "./drawing.js";
import { edgeEntries, fullNameOf, nameOf } from "./entries.js";
import { element, fillList, walkable } from "./list.js";
import { brokenList, permitList } from "./permits.js";

/** @type {(rows: readonly (readonly [name: string, value: string])[]) => HTMLElement} */
const facts = (rows) => {
  const list = element("dl", "facts");
  for (const [name, value] of rows) if (value !== "") list.append(element("dt", "", name), element("dd", "", value));
  return list;
};

/** @type {(graph: PageGraph, edge: number) => readonly HTMLElement[]} */
const edgeDetails = (graph, edge) => {
  const [from, to] = [graph.nodes[graph.edges.from[edge] ?? 0], graph.nodes[graph.edges.to[edge] ?? 0]];
  return [
    facts([
      ["from", fullNameOf(from)],
      ["to", fullNameOf(to)],
      ["ports", portsOf(graph, edge)],
    ]),
    ...brokenList(graph, edge),
    ...permitList(graph, `Why it may leave ${nameOf(from)} (egress)`, graph.edges.egress[edge]),
    ...permitList(graph, `Why it may enter ${nameOf(to)} (ingress)`, graph.edges.ingress[edge]),
  ];
};

/** @type {(policies: readonly { readonly namespace: string; readonly name: string }[]) => string} */
const governedBy = (policies) =>
  policies.length === 0
    ? "no policy selects it"
    : policies.map(({ namespace, name }) => `${namespace}/${name}`).join(", ");

/** @type {(node: PageGraph["nodes"][number] | undefined) => readonly HTMLElement[]} */
const nodeDetails = (node) =>
  node?.type !== "workload"
    ? [facts([["is", "every address outside of the cluster's pods"]])]
    : [
        facts([
          ["is", `${node.kind} in ${node.namespace}`],
          ["pods", node.pods === 0 ? "none yet" : String(node.pods)],
          ["network", node.hostNetwork ? "of its node: no policy applies to it" : ""],
          ["account", node.serviceAccounts.join(", ")],
          [
            "labels",
            Object.entries(node.labels)
              .map((label) => label.join("="))
              .join(", "),
          ],
          ["egress", governedBy(node.policies.egress)],
          ["ingress", governedBy(node.policies.ingress)],
        ]),
      ];

/** @type {(graph: PageGraph, groups: Groups, choice: Choice) => string} */
const titleOf = (graph, groups, choice) => {
  /** @type {(group: number) => string} */
  const groupName = (group) => groups.names[group] ?? nameOf(undefined);
  switch (choice.kind) {
    case "none":
      return "Choose a workload or a path";
    case "node":
      return nameOf(graph.nodes[choice.node]);
    case "edge":
      return `${nameOf(graph.nodes[graph.edges.from[choice.edge] ?? 0])} → ${nameOf(graph.nodes[graph.edges.to[choice.edge] ?? 0])}`;
    case "group":
      return `Namespace ${groupName(choice.group)}`;
    case "bundle":
      return `${groupName(choice.from)} → ${groupName(choice.to)}`;
  }
};

/** @type {(graph: PageGraph, groups: Groups, edges: readonly number[], choice: Choice, choose: (choice: Choice) => void) =>
 *   readonly HTMLElement[]} */
const contentOf = (graph, groups, edges, choice, choose) => {
  if (choice.kind === "none") {
    const hint = "Then this says on which ports it passes, and which policies, rules and lines let it.";
    return [element("p", "hint", hint)];
  }
  if (choice.kind === "edge") return edgeDetails(graph, choice.edge);
  const own = edges.filter((edge) => isChosen(graph, groups, choice, edge));
  const list = element("ul", "");
  fillList(list, edgeEntries(graph, own, choose));
  walkable(list);
  return [
    ...(choice.kind === "node" ? nodeDetails(graph.nodes[choice.node]) : []),
    element("h3", "", own.length === 1 ? "1 path" : `${String(own.length)} paths`),
    list,
  ];
};

/**
 * Says everything about the choice: of an edge, which policies and rules let it pass; of all else, the edges that it has
 * among those that are shown. Who chose in here goes on from its title.
 * @type {(pane: Element, graph: PageGraph, groups: Groups, edges: readonly number[], choice: Choice,
 *   choose: (choice: Choice) => void) => void}
 */
export const showDetails = (pane, graph, groups, edges, choice, choose) => {
  const title = element("h2", "", titleOf(graph, groups, choice));
  title.id = "details-title";
  title.tabIndex = -1;
  const wasInside = pane.contains(document.activeElement);
  pane.replaceChildren(title, ...contentOf(graph, groups, edges, choice, choose));
  pane.scrollTop = 0;
  if (wasInside) title.focus();
};
