import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const page = readFileSync(resolve(ROOT, "docs/operations.md"), "utf8");

/** The cells of the rows of the table of threats. */
const [, section = ""] = /^## Threats\n([^]*)/m.exec(page) ?? [];
const rows = [...section.matchAll(/^\| (?!threat |-)(.*) \|$/gm)].map(([, cells = ""]) =>
  cells.split(" | ").map((cell) => cell.trim()),
);

/** The files that a text names: `test/….ts`. */
const testsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file);

describe("the threats in docs/operations.md", () => {
  it("are those that there are", () => {
    expect(rows.length).toBeGreaterThanOrEqual(10);
  });

  it.each(rows)("%s: each has an answer, and tests that are there", (_threat, answer = "", tests = "") => {
    expect(answer).not.toBe("");
    const files = testsIn(tests);
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !file.endsWith(".test.ts") || !existsSync(resolve(ROOT, file)))).toEqual([]);
  });
});

it("docs/operations.md names no file of the repository that is not there", () => {
  const named = [...page.matchAll(/(?:^|[\s`(])((?:manifests|test)\/[\w./-]+\w)/gm)].map(([, file = ""]) => file);
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((file) => !existsSync(resolve(ROOT, file)))).toEqual([]);
});
