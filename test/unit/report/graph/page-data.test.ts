import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layout } from "../../../../src/report/graph/layout.ts";
import { packed } from "../../../../src/report/graph/packed.ts";
import { pageData } from "../../../../src/report/graph/page-data.ts";
import { plainEdge } from "../../../../src/report/graph/plain.ts";
import { brokenBy, portsOf } from "../../../../src/report/graph/page/drawing.js";
import { unpacked } from "../../../../src/report/graph/page/unpacked.js";
import { hostile, shop } from "./graphs.ts";

const NOWHERE = () => undefined;

describe("what is written into the page", () => {
  it.each([
    ["a small graph", shop],
    ["a hostile graph", hostile],
    ["nothing", { nodes: [], edges: [] }],
  ])("is all of %s", (_, graph) => {
    const page = unpacked(JSON.parse(JSON.stringify(pageData(graph, layout(graph), NOWHERE))));
    const edges = graph.edges.map((__, at) => ({
      from: page.nodes[page.edges.from[at] ?? -1]?.id,
      to: page.nodes[page.edges.to[at] ?? -1]?.id,
      egress: page.permitSets[page.edges.egress[at] ?? -1]?.map((permit) => page.permits[permit]),
      ingress: page.permitSets[page.edges.ingress[at] ?? -1]?.map((permit) => page.permits[permit]),
      rules: brokenBy(page, at),
    }));
    expect(edges).toEqual(
      graph.edges
        .map((edge) => plainEdge(edge, NOWHERE))
        .map(({ from, to, egress, ingress, forbidden }) => ({
          from,
          to,
          egress,
          ingress,
          rules: forbidden.map(({ rule }) => rule),
        })),
    );
  });

  it("says on which ports an edge passes, or may", () => {
    const page = unpacked(pageData(shop, layout(shop), NOWHERE));
    expect([0, 1, 2, 3].map((at) => portsOf(page, at))).toEqual(["TCP 80", "TCP 80", "TCP 80", "UDP 53 (undecided)"]);
  });
});

describe("a packed column", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 40 }), (values) => {
        const column = packed(values, (value) => value);
        const data = pageData({ nodes: [], edges: [] }, layout({ nodes: [], edges: [] }), NOWHERE);
        expect([...unpacked({ ...data, edges: { ...data.edges, from: column } }).edges.from]).toEqual(values);
      }),
    );
  });
});
