import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../src/config/yaml-text.ts";

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("");

const errorOf = (yaml: string): string => {
  try {
    parseYaml(yaml, "a.yaml");
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "no error";
};

describe("a text", () => {
  it("is read with its aliases", () => {
    expect(parseYaml("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n", "a.yaml").value).toEqual({
      a: [1, 2],
      b: [1, 2],
      c: 3,
      d: 3,
    });
  });

  it.each([
    ["has a key twice", "a:\n  b: 1\n  c: 1\n  b: 2\n", "a.yaml:4: Map keys must be unique"],
    [
      "names an anchor before it is there",
      "a: *x\nb: &x 1\n",
      "a.yaml:1: expected the name of an anchor, found the alias of nothing *x",
    ],
    ["is too long", "#".repeat(262_145), "a.yaml: expected at most 262144 characters, found 262145"],
    [
      "has too many aliases",
      `a: &x 1\n${lines(1001, (index) => `b${index}: *x`)}`,
      "a.yaml:1002: expected at most 1000 aliases, found more",
    ],
    ["is nested too deep", "[".repeat(100_000), "a.yaml:1: expected fewer levels, found them nested too deep"],
  ])("that %s is refused", (_name, yaml, message) => {
    expect(errorOf(yaml)).toBe(message);
  });

  it("with very many keys is read in a time that does not explode", () => {
    const start = performance.now();
    parseYaml(`a:\n${lines(20_000, (index) => `  k${index}: 1`)}`, "a.yaml");
    // The parser's own check of keys takes over ten times as long as this does on an idle core.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
