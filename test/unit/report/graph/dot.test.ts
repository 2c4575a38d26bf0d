import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { beforeAll, describe, expect, it } from "vitest";
import { dotGraph } from "../../../../src/report/graph/dot.ts";
import type { WorkloadGraph } from "../../../../src/model/workload-graph.ts";
import { hostile, HOSTILE, printed, shop } from "./graphs.ts";

interface Drawn {
  readonly name: string;
  readonly label?: string;
  readonly nodes?: readonly number[];
  readonly color?: string;
}

let graphviz: Graphviz;
beforeAll(async () => {
  graphviz = await Graphviz.load();
});

/** What Graphviz itself reads. */
const read = async (graph: WorkloadGraph): Promise<{ objects: readonly Drawn[]; edges: readonly Drawn[] }> => {
  const { objects = [], edges = [] } = JSON.parse(
    graphviz.layout(await printed(dotGraph(graph, () => undefined)), "json", "dot"),
  );
  return { objects, edges };
};

/** As `quoted` leaves it: what is no character of text has become a space. */
const shown = HOSTILE.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");

describe("the DOT of a graph", () => {
  it("is read by Graphviz: a cluster a namespace, forbidden paths in red with the rule's code", async () => {
    const { objects, edges } = await read(shop);
    const clusters = objects.filter(({ name }) => name.startsWith("cluster_"));
    expect(clusters.map(({ label, nodes }) => [label, nodes?.length])).toEqual([
      ["shop", 2],
      ["tools", 1],
    ]);
    expect(objects.filter(({ name }) => !name.startsWith("cluster_")).map(({ label }) => label)).toEqual([
      "outside the cluster",
      "Deployment/db",
      "Deployment/web",
      "Deployment/job",
    ]);
    expect(edges.map(({ label, color }) => [label, color])).toEqual([
      ["TCP 80", undefined],
      ["TCP 80", undefined],
      ["TCP 80, ✕ forbidden-path/db", "#c62828"],
      ["UDP 53 (undecided)", undefined],
    ]);
  });

  it("lets no name be more than a name", async () => {
    const { objects, edges } = await read(hostile);
    expect(objects).toHaveLength(3);
    expect(edges).toHaveLength(1);
    const svg = graphviz.layout(await printed(dotGraph(hostile, () => undefined)), "svg", "dot");
    expect(svg).not.toMatch(/<script|<b>|href/);
    const escaped = shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => plain(text));
    expect(texts).toContain(plain(escaped));
  });
});

/** Graphviz writes some characters as entities of its own. */
const plain = (text: string): string =>
  text.replaceAll("&#45;", "-").replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&#160;", " ");
