import { describe, expect, it } from "vitest";
import { coverOf, entriesOf, SelectorIndex } from "../../../src/engine/selector-index.ts";
import { impliedNamespace } from "../../../src/model/objects.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL, isIn, type Selector } from "../../../src/model/selectors.ts";

const exists = (key: string): Selector => ({ kind: "exists", key });
const not = (of: Selector): Selector => ({ kind: "not", of });
const free = (): number => 0;

describe("coverOf", () => {
  it.each<[string, Selector, readonly string[] | undefined]>([
    ["a value", isIn("a", ["1"]), ["a=1"]],
    ["values", isIn("a", ["2", "1"]), ["a=1", "a=2"]],
    [
      "sixteen values",
      isIn(
        "a",
        Array.from({ length: 16 }, (_, i) => String(i + 10)),
      ),
      Array.from({ length: 16 }, (_, i) => `a=${String(i + 10)}`),
    ],
    [
      "more values: the key",
      isIn(
        "a",
        Array.from({ length: 17 }, (_, i) => String(i)),
      ),
      ["a?"],
    ],
    ["no value: nothing can match", isIn("a", []), []],
    ["a key", exists("a"), ["a?"]],
    ["all", ALL, undefined],
    ["a negation", not(isIn("a", ["1"])), undefined],
    ["what cannot be understood", { kind: "unknown", reason: "odd" }, undefined],
    ["one of two alternatives open", { kind: "or", of: [exists("a"), not(exists("b"))] }, undefined],
    ["alternatives", { kind: "or", of: [exists("a"), isIn("b", ["1"])] }, ["a?", "b=1"]],
    ["no alternative", { kind: "or", of: [] }, []],
    ["nothing required", { kind: "and", of: [not(exists("a")), ALL] }, undefined],
    ["the first of equally cheap ones", { kind: "and", of: [exists("a"), exists("b")] }, ["a?"]],
    ["past one that is none", { kind: "and", of: [ALL, exists("b")] }, ["b?"]],
  ])("%s", (_, selector, cover) => {
    expect(coverOf(selector, free)).toEqual(cover);
  });

  it("takes the cheapest of what is required, counting all its entries", () => {
    const cost = (entry: string): number => ({ "a?": 5, "b=1": 3, "b=2": 3, "c?": 4 })[entry] ?? 100;
    const required = [exists("a"), isIn("b", ["1", "2"]), exists("c")];
    expect(coverOf({ kind: "and", of: required }, cost)).toEqual(["c?"]);
    expect(coverOf({ kind: "and", of: required.slice(0, 2) }, cost)).toEqual(["a?"]);
  });
});

it("an object is found under its labels and its keys", () => {
  expect(
    [
      ...entriesOf(
        new Map([
          ["a", "1"],
          ["b", ""],
        ]),
      ),
    ].sort(),
  ).toEqual(["a=1", "a?", "b=", "b?"]);
});

describe("SelectorIndex", () => {
  const shop = { ...impliedNamespace("shop"), labels: new Map([["team", "x"]]) };
  const labels = new Map([["app", "web"]]);
  const found = (
    index: SelectorIndex<string>,
    at = shop,
    of: ReadonlyMap<string, string> = labels,
  ): readonly string[] => {
    const values: string[] = [];
    index.visit(at, of, (value) => values.push(value));
    return values.sort();
  };

  it.each<[string, EndpointSelector, boolean]>([
    ["everybody", { namespaces: ALL, pods: ALL }, true],
    ["everybody of the namespace", { namespace: "shop", namespaces: ALL, pods: ALL }, true],
    ["everybody of another namespace", { namespace: "web", namespaces: ALL, pods: ALL }, false],
    ["a label", { namespaces: ALL, pods: isIn("app", ["web"]) }, true],
    ["a label of the namespace's pods", { namespace: "shop", namespaces: ALL, pods: exists("app") }, true],
    ["a label of another namespace's pods", { namespace: "web", namespaces: ALL, pods: exists("app") }, false],
    ["another label", { namespaces: ALL, pods: isIn("app", ["api"]) }, false],
    ["a label of namespaces", { namespaces: isIn("team", ["x"]), pods: ALL }, true],
    ["another label of namespaces", { namespaces: isIn("team", ["y"]), pods: ALL }, false],
    ["no value", { namespaces: ALL, pods: isIn("app", []) }, false],
    ["a negation", { namespaces: ALL, pods: not(exists("app")) }, true],
  ])("finds a value filed under %s: %s", (_, selector, expected) => {
    const index = new SelectorIndex<string>();
    const entries = index.add(selector, "value");
    expect(found(index)).toEqual(expected ? ["value"] : []);
    index.remove(entries, "value");
    expect(found(index)).toEqual([]);
  });

  it("files under the side that names fewer", () => {
    const index = new SelectorIndex<string>();
    for (let i = 0; i < 3; i++) index.add({ namespaces: ALL, pods: isIn("app", ["web"]) }, `pod ${String(i)}`);
    const both = { namespaces: isIn("team", ["y"]), pods: isIn("app", ["web"]) };
    index.add(both, "both");
    expect(found(index)).not.toContain("both");
    index.add({ namespaces: isIn("team", ["x"]), pods: ALL }, "team");
    index.add({ namespaces: isIn("team", ["x"]), pods: exists("rare") }, "rare");
    expect(found(index)).not.toContain("rare");
    expect(found(index, shop, new Map([["rare", ""]]))).toContain("rare");
  });

  it("keeps apart a namespace and a pod label of one name, and values filed alike", () => {
    const index = new SelectorIndex<string>();
    const first = index.add({ namespaces: exists("app"), pods: ALL }, "namespaces");
    index.add({ namespaces: ALL, pods: exists("app") }, "a");
    const second = index.add({ namespaces: ALL, pods: exists("app") }, "b");
    expect(found(index)).toEqual(["a", "b"]);
    index.remove(second, "b");
    index.remove(first, "namespaces");
    index.remove(second, "b");
    expect(found(index)).toEqual(["a"]);
  });
});
