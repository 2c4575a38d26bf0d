import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { documentPieces, splitList } from "../../../src/cluster/text-pieces.ts";
import { DecodeError } from "../../../src/model/errors.ts";

/** Enough for several pieces. */
const COUNT = 1500;

/** Texts that could be taken for something else by who looks at lines alone. */
const ODD = [
  "- not an item\n- nor this",
  "items:\n- a\n",
  'a "quote", a \\ and a } or ]',
  "---",
  "# no comment",
  "--- a\n... b\n",
];

const pods = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, at) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `p${String(at)}`, annotations: { odd: ODD[at % ODD.length] } },
    spec: { containers: [{ name: "a", ports: [{ containerPort: 80 }] }, { name: "b" }], items: [] },
  }));

const list = (count = COUNT): object => ({ apiVersion: "v1", items: pods(count), kind: "List", metadata: {} });

/** As kubectl writes it, with items at the level of their key. */
const flat = (text: string): string => text.replaceAll(/^ {2}(?=[- ] )/gm, "");

const FORMS: readonly (readonly [string, string])[] = [
  ["YAML with items that are indented", stringify(list())],
  ["YAML with items that are not", flat(stringify(list(), { indentSeq: true, blockQuote: false }))],
  ["YAML with a comment and empty lines", stringify(list()).replaceAll("  - apiVersion", "\n# one\n  - apiVersion")],
  ["YAML with Windows line ends", stringify(list(), { blockQuote: false }).replaceAll("\n", "\r\n")],
  ["JSON in one line", JSON.stringify(list())],
  ["JSON as kubectl writes it", JSON.stringify(list(), null, 4)],
];

const split = (text: string): boolean => splitList({ text, start: 0 }) !== undefined;

const errorOf = (text: string): string => {
  try {
    Array.from(manifestsIn(text, "f"));
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  return "no error";
};

describe.each(FORMS)("a long list of %s", (_form, text) => {
  it("is split, and stands for the same as in one piece", () => {
    expect(split(text)).toBe(true);
    const [whole] = parseAllDocuments(text);
    const { items } = whole?.toJS() as { readonly items: readonly unknown[] };
    expect([...manifestsIn(text, "f")].map(({ value }) => value)).toEqual(items);
  });

  it("says where each of them and its fields are", () => {
    const lines = text.split("\n");
    const found = [...manifestsIn(text, "f")];
    for (const at of [0, 1, 700, COUNT - 1]) {
      const { line, column } = found[at]?.locate("metadata.name") ?? { line: 0, column: 0 };
      expect((lines[line - 1] ?? "").slice(column - 1)).toMatch(new RegExp(`^"?p${String(at)}\\b`));
    }
  });

  it("behind another document is found at its lines all the same", () => {
    const before = "apiVersion: v1\nkind: Secret\n---\n";
    const alone = [...manifestsIn(text, "f")][900]?.place.line ?? 0;
    expect([...manifestsIn(before + text, "f")][901]?.place.line).toBe(alone + 3);
  });
});

describe("what is wrong with an item of a long list has its line", () => {
  const text = stringify(list());
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.includes("name: p1200"));
  const withLine = (line: string): string => lines.with(at, line).join("\n");

  it.each([
    ["a key twice", "      name: a\n      name: b", 2],
    ["what is no YAML", "      name: [", 2],
    ["an indentation by tabs", "\t\tname: a", 1],
  ])("%s", (_what, line, offset) => {
    const [, found] = /^f:([0-9]+): /.exec(errorOf(withLine(line))) ?? [];
    expect(Math.abs(Number(found) - at - offset)).toBeLessThanOrEqual(1);
  });
});

describe("a long list is not split, and read all the same,", () => {
  it("where items have aliases", () => {
    const text = stringify(list()).replace("apiVersion: v1", "apiVersion: &v v1").replace("kind: Pod", "kind: *v");
    expect(split(text)).toBe(false);
    expect([...manifestsIn(text, "f")][0]?.value["kind"]).toBe("v1");
  });

  it("where the object around it is none", () => {
    const text = stringify({ ...list(), kind: "Widget" });
    expect([...manifestsIn(text, "f")]).toHaveLength(1);
  });

  it.each([
    ["YAML", (text: string) => `${text}items: []\n`, stringify(list())],
    ["JSON", (text: string) => text.replace(/\}$/, ', "items": []}'), JSON.stringify(list())],
  ])("where it has items twice, in %s", (_form, twice, text) => {
    expect(errorOf(twice(text))).toMatch(/^f:[0-9]+: Map keys must be unique$/);
  });

  it("where the JSON goes on after its end", () => {
    expect(errorOf(`${JSON.stringify(list())} x`)).toMatch(/^f:1: /);
  });
});

it("the documents of a text are parsed one by one, but for those that directives may speak of", () => {
  const texts = (source: string): readonly string[] => [...documentPieces(source)].map(({ text }) => text);
  expect(texts("a: 1\n---\nb: |\n  ---\n---\n")).toEqual(["a: 1\n", "---\nb: |\n  ---\n", "---\n"]);
  expect(texts("%TAG ! tag:a,b:\n---\na: 1\n---\nb: 1\n")).toHaveLength(1);
});
