/** @import { PageData } from "../page-data.ts" */
/** @import { Choice } from "./drawing.js" */
/** @import { Filter } from "./filter.js" */
import { linesOf } from "./bundles.js";
import { part, setUpControls } from "./controls.js";
import { showDetails } from "./details.js";
import { groupsOf } from "./drawing.js";
import { edgeEntries, idOf, nodeEntries } from "./entries.js";
import { NO_FILTER, passing } from "./filter.js";
import { setUpKeys } from "./keys.js";
import { fillList, markCurrent, walkable } from "./list.js";
import { inFocus, surroundings } from "./lit.js";
import { createMap } from "./map.js";
import { unpacked } from "./unpacked.js";

const graph = unpacked(/** @type {PageData} */ (JSON.parse(part("graph", HTMLScriptElement).text)));
const groups = groupsOf(graph);
const [workloads, paths] = [part("workloads", HTMLUListElement), part("paths", HTMLUListElement)];
let shown = passing(graph, NO_FILTER);
/** @type {Choice} */
let choice = { kind: "none" };

/** @type {(count: number, one: string) => string} */
const counted = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

const drawMap = () => {
  const { lines, bundled, left } = linesOf(graph, groups, shown.edges, choice);
  map.draw(lines, shown.nodes, choice);
  part("status", HTMLParagraphElement).textContent = [
    `Showing ${counted(shown.edges.length, "path")} of ${graph.edges.from.length.toLocaleString("en")}.`,
    bundled ? "So many are drawn from namespace to namespace: choose a namespace or a workload to see its own." : "",
    left > 0 ? `The map has no room for ${counted(left, "path")} more; the list of paths has them.` : "",
  ].join(" ");
};

/** @type {(next: Choice) => void} */
const choose = (next) => {
  choice = next;
  drawMap();
  markCurrent(workloads, idOf(choice));
  markCurrent(paths, idOf(choice));
  showDetails(part("details", HTMLElement), graph, groups, shown.edges, choice, chooseAndShow);
};

/** Who chooses on the map sees the choice already; who chooses elsewhere has to be shown it. @type {typeof choose} */
const chooseAndShow = (next) => {
  choose(next);
  map.fit(surroundings(graph, groups, next));
};

const map = createMap(part("map", HTMLDivElement), graph, groups, choose);

/** @type {(filter: Filter) => void} */
const filterBy = (filter) => {
  shown = passing(graph, filter);
  fillList(workloads, nodeEntries(graph, shown.nodes, chooseAndShow));
  fillList(paths, edgeEntries(graph, shown.edges, chooseAndShow));
  const workloadCount = [...shown.nodes].filter((node) => graph.nodes[node]?.type === "workload").length;
  part("workloads-title", HTMLHeadingElement).textContent = `Workloads (${workloadCount.toLocaleString("en")})`;
  part("paths-title", HTMLHeadingElement).textContent = `Paths (${shown.edges.length.toLocaleString("en")})`;
  choose({ kind: "none" });
  map.fit(inFocus(graph, shown.nodes, filter.namespace));
};

const summarise = () => {
  const workloadCount = graph.nodes.filter(({ type }) => type === "workload").length;
  const forbidden = graph.edges.broken.filter((broken) => broken !== 0).length;
  part("summary", HTMLParagraphElement).textContent = [
    `${counted(workloadCount, "workload")} in ${counted(groups.names.length, "namespace")}`,
    counted(graph.edges.from.length, "path"),
    ...(forbidden > 0 ? [`✕ ${counted(forbidden, "path")} forbidden`] : []),
  ].join(" · ");
};

summarise();
setUpControls(graph, groups, filterBy);
setUpKeys(map, choose);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.restyle);
walkable(workloads);
walkable(paths);
filterBy(NO_FILTER);
