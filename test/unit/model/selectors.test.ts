import { describe, expect, it } from "vitest";
import {
  ALL,
  canonicalSelector,
  isIn,
  matchesLabels,
  unknownReason,
  visitKeys,
  type Selector,
  type Truth,
} from "../../../src/model/selectors.ts";

const exists = (key: string): Selector => ({ kind: "exists", key });
const not = (of: Selector): Selector => ({ kind: "not", of });
const and = (...of: readonly Selector[]): Selector => ({ kind: "and", of });
const or = (...of: readonly Selector[]): Selector => ({ kind: "or", of });
const unknown: Selector = { kind: "unknown", reason: "odd" };

const labels = new Map([
  ["app", "web"],
  ["empty", ""],
  ["constructor", "c"],
  ["__proto__", "p"],
]);

describe("matchesLabels", () => {
  it.each<[string, Selector, Truth]>([
    ["all", ALL, true],
    ["the value", isIn("app", ["web"]), true],
    ["one of the values", isIn("app", ["api", "web", "zoo"]), true],
    ["none of the values", isIn("app", ["api", "zoo"]), false],
    ["no value at all", isIn("app", []), false],
    ["an empty value that is there", isIn("empty", [""]), true],
    ["an empty value of a missing key", isIn("missing", [""]), false],
    ["a key", exists("empty"), true],
    ["a missing key", exists("missing"), false],
    ["NotIn with a missing key", not(isIn("missing", ["a"])), true],
    ["DoesNotExist", not(exists("app")), false],
    ["a key that every object inherits", exists("toString"), false],
    ["a key that objects inherit, when it is a label", isIn("constructor", ["c"]), true],
    ["__proto__, when it is a label", isIn("__proto__", ["p"]), true],
    ["hasOwnProperty, which is none", isIn("hasOwnProperty", [""]), false],
    ["and", and(exists("app"), exists("empty")), true],
    ["and with one that fails", and(exists("app"), exists("missing")), false],
    ["and of nothing", and(), true],
    ["or", or(exists("missing"), exists("app")), true],
    ["or of two that fail", or(exists("missing"), exists("other")), false],
    ["or of nothing", or(), false],
    ["unknown", unknown, undefined],
    ["not unknown", not(unknown), undefined],
    ["unknown and false", and(unknown, exists("missing")), false],
    ["unknown and true", and(unknown, exists("app")), undefined],
    ["unknown or true", or(unknown, exists("app")), true],
    ["unknown or false", or(unknown, exists("missing")), undefined],
  ])("%s", (_, selector, truth) => {
    expect(matchesLabels(selector, labels)).toBe(truth);
  });

  it("finds each of ten thousand values, and no other", () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `v${String(i)}`);
    const selector = isIn("app", values);
    const match = (value: string): Truth => matchesLabels(selector, new Map([["app", value]]));
    expect(values.every((value) => match(value) === true)).toBe(true);
    expect(["", "v", "v10000", "w", "v5000a"].map(match)).toEqual([false, false, false, false, false]);
  });
});

describe("isIn", () => {
  it("sorts its values and keeps each once", () => {
    expect(isIn("app", ["b", "a", "b"])).toEqual({ kind: "in", key: "app", values: ["a", "b"] });
  });
});

const nested = and(or(isIn("a", ["1"]), exists("b")), not(isIn("c", ["2"])), ALL, unknown);

describe("visitKeys", () => {
  it("visits every key that is looked at", () => {
    const keys: string[] = [];
    visitKeys(nested, (key) => keys.push(key));
    expect(keys).toEqual(["a", "b", "c"]);
  });
});

describe("unknownReason", () => {
  it.each<[string, Selector, string | undefined]>([
    ["none", and(exists("a"), or(ALL, isIn("b", [])), not(exists("c"))), undefined],
    ["itself", unknown, "odd"],
    ["in a negation", not(unknown), "odd"],
    ["in a conjunction", and(ALL, unknown), "odd"],
    ["in a disjunction", or(exists("a"), not(unknown)), "odd"],
    ["the first of two", and(not(unknown), { kind: "unknown", reason: "other" }), "odd"],
  ])("%s", (_, selector, reason) => {
    expect(unknownReason(selector)).toBe(reason);
  });
});

describe("canonicalSelector", () => {
  it.each<[string, Selector, Selector]>([
    ["values in another order", isIn("a", ["1", "2"]), isIn("a", ["2", "1", "1"])],
    ["parts in another order", and(exists("a"), exists("b")), and(exists("b"), exists("a"))],
    ["nested parts", or(not(and(exists("a"), ALL)), unknown), or(unknown, not(and(ALL, exists("a"))))],
  ])("is one text for %s", (_, left, right) => {
    expect(canonicalSelector(left)).toBe(canonicalSelector(right));
  });

  it("differs for selectors that differ", () => {
    const selectors = [
      ALL,
      unknown,
      exists("a"),
      not(exists("a")),
      isIn("a", []),
      isIn("a", ["1"]),
      isIn("a", ["1", "2"]),
      isIn("a", ["1,2"]),
      and(exists("a"), exists("b")),
      or(exists("a"), exists("b")),
      and(exists("a")),
      and(),
      or(),
      exists("*"),
      exists('["a","1"]'),
      { kind: "unknown", reason: "other" } as const,
      and(exists("a b")),
      and(exists("a"), exists("b"), exists("c")),
    ];
    expect(new Set(selectors.map(canonicalSelector)).size).toBe(selectors.length);
  });
});
