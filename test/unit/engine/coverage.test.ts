import { describe, expect, it } from "vitest";
import { coverageOf, labelsFor, searchLabels } from "../../../src/engine/coverage.ts";
import { ALL, isIn, type Selector } from "../../../src/model/selectors.ts";

const exists = (key: string): Selector => ({ kind: "exists", key });
const not = (of: Selector): Selector => ({ kind: "not", of });
const and = (...of: readonly Selector[]): Selector => ({ kind: "and", of });
const or = (...of: readonly Selector[]): Selector => ({ kind: "or", of });
const UNKNOWN: Selector = { kind: "unknown", reason: "odd" };

describe("coverageOf", () => {
  it.each<[string, readonly Selector[]]>([
    ["everything", [ALL]],
    ["everything, by an empty conjunction", [and()]],
    ["a key and its absence", [exists("x"), not(exists("x"))]],
    ["a value and all others", [isIn("x", ["a"]), not(isIn("x", ["a"]))]],
    ["three parts of two keys", [and(exists("x"), exists("y")), not(exists("x")), not(exists("y"))]],
    ["alternatives", [or(exists("x"), not(exists("x")))]],
    ["everything, beside what cannot be understood", [UNKNOWN, ALL]],
  ])("all is covered by %s", (_, selectors) => {
    expect(coverageOf(selectors)).toEqual({ kind: "all" });
  });

  it.each<[string, readonly Selector[], readonly (readonly [string, string])[]]>([
    ["nothing: no label", [], []],
    ["a key: no label", [exists("x")], []],
    ["the absence of a key: the key", [not(exists("x"))], [["x", "other"]]],
    ["all but a value: the value", [not(isIn("x", ["a"]))], [["x", "a"]]],
    [
      "the key called other, with other values",
      [not(exists("x")), isIn("x", ["other", "other-x"])],
      [["x", "other-x-x"]],
    ],
    ["two values and the absence: a third", [isIn("x", ["a", "b"]), not(exists("x"))], [["x", "other"]]],
    ["one of two keys and the absence of the other", [exists("x"), not(exists("y"))], [["y", "other"]]],
    ["what cannot be understood: no label", [UNKNOWN], []],
    ["nothing, by an empty disjunction", [or()], []],
  ])("something is missed by %s", (_, selectors, labels) => {
    expect(coverageOf(selectors)).toEqual({ kind: "missed", labels: new Map(labels) });
  });

  it("is given up where a search through all label sets would take too long", () => {
    const pigeons = Array.from({ length: 9 }, (_, i) => i);
    const holes = pigeons.slice(1);
    const sits = (pigeon: number, hole: number): Selector => exists(`${String(pigeon)}-${String(hole)}`);
    const shared = holes.flatMap((hole) =>
      pigeons.flatMap((a) => pigeons.filter((b) => b > a).map((b) => and(sits(a, hole), sits(b, hole)))),
    );
    const homeless = pigeons.map((pigeon) => and(...holes.map((hole) => not(sits(pigeon, hole)))));
    expect(coverageOf([...shared, ...homeless])).toEqual({ kind: "given-up" });
  });

  it("decides dozens of policies, and gives up before thousands of keys exhaust it", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => not(exists(`k${String(i)}`)));
    expect(["missed", "given-up"]).toContain(coverageOf([or(...many)]).kind);
    expect(["missed", "given-up"]).toContain(coverageOf([and(...many)]).kind);
    expect(["missed", "given-up"]).toContain(coverageOf(many).kind);
    const teams = Array.from({ length: 40 }, (_, i) => isIn("team", [`t${String(i)}`]));
    expect(
      coverageOf([
        ...teams,
        not(
          isIn(
            "team",
            teams.map((_, i) => `t${String(i)}`),
          ),
        ),
      ]),
    ).toEqual({ kind: "all" });
  });
});

describe("searchLabels", () => {
  const selectors = [exists("x"), exists("y"), not(exists("z"))];

  it("asks for enough of those that match, by their place", () => {
    expect(searchLabels(selectors, (matching) => matching.includes(2))).toEqual({
      kind: "missed",
      labels: new Map([["z", "other"]]),
    });
    expect(searchLabels(selectors, () => true)).toEqual({ kind: "all" });
    expect(searchLabels(selectors, () => false).kind).toBe("missed");
    expect(searchLabels([exists("x"), not(exists("x"))], (matching) => matching.length >= 2).kind).toBe("missed");
    expect(searchLabels([exists("x"), not(exists("x")), ALL], (matching) => matching.length >= 2)).toEqual({
      kind: "all",
    });
  });
});

describe("labelsFor", () => {
  it.each<[string, readonly Selector[], readonly (readonly [string, string])[] | undefined]>([
    ["nothing asked", [], []],
    ["a value", [isIn("x", ["a"])], [["x", "a"]]],
    ["a key", [exists("x")], [["x", "other"]]],
    ["two keys, one absent", [exists("x"), not(exists("y"))], [["x", "other"]]],
    ["a value of two lists", [isIn("x", ["a", "b"]), isIn("x", ["b", "c"])], [["x", "b"]]],
    ["values that exclude each other", [isIn("x", ["a"]), isIn("x", ["b"])], undefined],
    ["a key and its absence", [exists("x"), not(exists("x"))], undefined],
    ["what cannot be understood", [UNKNOWN], undefined],
  ])("%s", (_, selectors, labels) => {
    expect(labelsFor(selectors)).toEqual(labels && new Map(labels));
  });
});
