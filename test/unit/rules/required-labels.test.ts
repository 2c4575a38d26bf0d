import { expect, it } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { changeOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

it("takes keys that labels can have, and kinds that it holds", () => {
  expect(refusalOf("required-labels", "keys: [team, example.com/tier]")).toBe("no error");
  expect(refusalOf("required-labels", "keys: []")).toMatch(/^1: keys: /);
  for (const key of ["-team", "a/b/c", "te am", "Example.com/x", "x".repeat(64)])
    expect(refusalOf("required-labels", `keys: [${JSON.stringify(key)}]`)).toMatch(
      /^1: keys\[0\]: expected a label key such as team/,
    );
  expect(refusalOf("required-labels", "keys: [a]", "kinds: [NetworkPolicy]")).toMatch(/^2: kinds\[0\]: /);
});

const namespace = (labels: string): string =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: ${labels} } }`;

it("says what is wrong with each key by itself", () => {
  const before = new ClusterIndex();
  const change = changeOf(namespace("{ b: x }"));
  const rule = ruleWith("required-labels", "keys: [a, b, c]");
  const found = rule.judge({ before, after: withChange(before, change), change, tick: () => undefined }, NO_PRECEDENTS);
  expect(found.map(({ message }) => message)).toEqual([
    "Namespace shop has no label a",
    "Namespace shop has no label c",
  ]);
});
