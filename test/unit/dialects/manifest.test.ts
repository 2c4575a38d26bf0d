import { expect, it } from "vitest";
import { asString, described, field, flagField, listField, stringField } from "../../../src/dialects/manifest.ts";

it.each<[unknown, string]>([
  [undefined, "nothing"],
  [null, "null"],
  [[1], "a list"],
  [{ a: 1 }, "a mapping"],
  [80, "number 80"],
  [false, "boolean false"],
  ["tcp", '"tcp"'],
  ["x".repeat(80), `"${"x".repeat(80)}"`],
  ["x".repeat(81), `"${"x".repeat(80)}…"`],
])("%j is described as %s", (value, text) => {
  expect(described(value)).toBe(text);
});

it("a field is an own one, and null is none", () => {
  expect(field({ a: 1 }, "a")).toBe(1);
  expect(field({ a: null }, "a")).toBeUndefined();
  expect(field({}, "constructor")).toBeUndefined();
  expect(field({ a: false }, "a")).toBe(false);
});

it("an empty text counts as absent, as in Go; an empty list does not", () => {
  expect(stringField({ a: "" }, "a", "p")).toBeUndefined();
  expect(asString("", "p")).toBe("");
  expect(listField({ a: [] }, "a", "p")).toEqual([]);
});

it("an absent flag is false, and one that is no boolean is refused", () => {
  expect([{}, { a: null }, { a: false }, { a: true }].map((mapping) => flagField(mapping, "a", "p"))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(() => flagField({ a: "yes" }, "a", "p")).toThrow('p.a: expected true or false, found "yes"');
});
