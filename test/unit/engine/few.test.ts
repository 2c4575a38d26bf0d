import { describe, expect, it } from "vitest";
import { added, countOf, each, removed, type Few } from "../../../src/engine/few.ts";
import { MultiMap } from "../../../src/engine/multi-map.ts";

const few = (...values: readonly string[]): Few<string> =>
  values.reduce<Few<string>>((sum, value) => added(sum, value), undefined);

describe("few values", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["none", [], []],
    ["one", ["a"], ["a"]],
    ["one twice", ["a", "a"], ["a"]],
    ["two", ["a", "b"], ["a", "b"]],
    ["three, one twice", ["a", "b", "a", "c"], ["a", "b", "c"]],
  ])("%s", (_, values, expected) => {
    const made = few(...values);
    expect([...each(made)]).toEqual(expected);
    expect(countOf(made)).toBe(expected.length);
  });

  it("one of them is kept bare", () => {
    expect(few("a")).toBe("a");
    expect(few("a", "b")).toEqual(new Set(["a", "b"]));
  });

  it.each<[string, readonly string[], string, readonly string[]]>([
    ["the only one", ["a"], "a", []],
    ["another one", ["a"], "b", ["a"]],
    ["one of none", [], "a", []],
    ["one of two", ["a", "b"], "a", ["b"]],
    ["none of two", ["a", "b"], "c", ["a", "b"]],
  ])("less %s", (_, values, taken, expected) => {
    const left = removed(few(...values), taken);
    expect([...each(left)]).toEqual(expected);
    expect(left === undefined).toBe(expected.length === 0);
  });

  it("less all of them are none", () => {
    expect(removed(removed(few("a", "b"), "a"), "b")).toBeUndefined();
  });
});

describe("MultiMap", () => {
  it("holds several values under a key, and forgets a key that has none", () => {
    const map = new MultiMap<string>();
    for (const [key, value] of ["a1", "a2", "b1", "a1"].map((pair) => [...pair] as [string, string]))
      map.add(key, value);
    expect([map.keyCount, map.count("a"), map.count("b"), map.count("c")]).toEqual([2, 2, 1, 0]);
    expect([[...map.get("a")], [...map.get("b")], [...map.get("c")], [...map.values()]]).toEqual([
      ["1", "2"],
      ["1"],
      [],
      ["1", "2", "1"],
    ]);
    map.delete("a", "1");
    map.delete("a", "3");
    map.delete("b", "2");
    map.delete("c", "1");
    expect([...map.values()]).toEqual(["2", "1"]);
    map.delete("a", "2");
    expect([map.keyCount, map.count("a")]).toEqual([1, 0]);
  });

  it("visits every value of a key", () => {
    const map = new MultiMap<string>();
    const seen: string[] = [];
    for (const value of ["1", "2"]) map.add("a", value);
    map.add("b", "3");
    for (const key of ["a", "b", "c"]) map.forEach(key, (value) => seen.push(key + value));
    expect(seen).toEqual(["a1", "a2", "b3"]);
  });

  it("forgets all values of a key at once", () => {
    const map = new MultiMap<string>();
    for (const value of ["1", "2"]) map.add("a", value);
    map.deleteAll("a");
    expect([map.keyCount, ...map.get("a")]).toEqual([0]);
  });
});
