import { describe, expect, it } from "vitest";
import { isSame, isUnchanged } from "../../../src/engine/unchanged.ts";
import type { ClusterObject } from "../../../src/model/cluster-object.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import { decode, networkPolicy } from "./worlds.ts";

const pairs: readonly (readonly [what: string, old: ClusterObject, now: ClusterObject, expected: boolean])[] = [
  ["a policy", decode(networkPolicy("shop/a", {})), decode(networkPolicy("shop/a", {})), true],
  ["another policy", decode(networkPolicy("shop/a", {})), decode(networkPolicy("shop/a", { ingress: [{}] })), false],
  ["a namespace", decode(namespace("shop", { a: "1", b: "2" })), decode(namespace("shop", { b: "2", a: "1" })), true],
  ["its labels", decode(namespace("shop", { a: "1" })), decode(namespace("shop", { a: "2" })), false],
  [
    "a pod's labels in another order",
    decode(pod("shop/a", [], { labels: { a: "1", b: "2" } })),
    decode(pod("shop/a", [], { labels: { b: "2", a: "1" } })),
    true,
  ],
  ["a pod's labels", decode(pod("shop/a", [], { labels: { a: "1" } })), decode(pod("shop/a", [])), false],
  ["its network", decode(pod("shop/a", [])), decode(pod("shop/a", [], { hostNetwork: true })), false],
  ["its addresses", decode(pod("shop/a", [])), decode(pod("shop/a", ["10.0.0.1"])), false],
  ["its kind", decode(pod("shop/a", [])), decode(networkPolicy("shop/a", {})), false],
];

describe("an update", () => {
  it.each(pairs)("of %s", (_, old, now, expected) => {
    expect(isUnchanged(old, now)).toBe(expected);
  });

  it("is no update without both forms", () => {
    const policy = decode(networkPolicy("shop/a", {}));
    expect([isUnchanged(undefined, policy), isUnchanged(policy, undefined)]).toEqual([false, false]);
  });

  it("that only begins a deletion changes nothing", () => {
    const old = decode(networkPolicy("shop/a", {}));
    const now = old.type === "policy" ? { ...old, policy: { ...old.policy, terminating: true } } : old;
    expect(isUnchanged(old, now)).toBe(true);
  });
});

describe("values", () => {
  it.each<readonly [unknown, unknown, boolean]>([
    [1, 1, true],
    [1, { 0: 1 }, false],
    [{ a: [1] }, { a: [1] }, true],
    [{ a: [1] }, { a: [2] }, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [new Set([1]), new Set([1]), true],
    [new Set([1]), new Set([2]), false],
    [new Map([[1, 2]]), new Map([[1, 3]]), false],
    [new Map(), new Set(), false],
    [null, {}, false],
  ])("%j and %j", (a, b, expected) => {
    expect(isSame(a, b)).toBe(expected);
  });
});
