import { describe, expect, it } from "vitest";
import { codesText, findingsText, warningTexts } from "../../../src/guard/message.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";

const finding = (different: Partial<Finding> = {}): Finding => ({
  code: "forbidden-path/db",
  effect: "deny",
  standing: "new",
  kind: "violation",
  message: "web would reach db",
  details: ["egress: a   ingress: b"],
  fix: "narrow it",
  docs: "docs/rules/forbidden-path.md",
  more: 0,
  ...different,
});

const many = (count: number, different: Partial<Finding> = {}): readonly Finding[] =>
  Array.from({ length: count }, (_, index) => finding({ message: `path ${index}`, ...different }));

const runes = (text: string): number => [...text].length;
const CONTROL = /\p{Cc}/u;

describe("a message", () => {
  it("says what, why, how to put it right and where to read on", () => {
    expect(findingsText([finding()])).toBe(
      [
        "[forbidden-path/db] web would reach db",
        "  egress: a   ingress: b",
        "  fix: narrow it",
        "  docs: docs/rules/forbidden-path.md",
      ].join("\n"),
    );
  });

  it("counts what a finding leaves out", () => {
    expect(findingsText([finding({ more: 7 })])).toContain("\n  +7 more like it\n");
  });

  it.each([
    [1, 1, undefined],
    [10, 10, undefined],
    [11, 10, "+1 more"],
    [250, 10, "+240 more"],
  ])("of %i findings words %i", (count, worded, last) => {
    const lines = findingsText(many(count)).split("\n");
    expect(lines.filter((line) => line.startsWith("[forbidden-path/db]"))).toHaveLength(worded);
    expect(lines.at(-1)).toBe(last ?? "  docs: docs/rules/forbidden-path.md");
  });

  it("keeps a terminal as it is", () => {
    const evil = "a\u001b[2Jb\r\nc\u0007\u009b31m";
    const text = findingsText([finding({ message: evil, details: [evil], fix: evil })]);
    expect(text.split("\n")).toHaveLength(4);
    expect(CONTROL.test(text.replaceAll("\n", ""))).toBe(false);
    expect(text).toContain("a [2Jb c 31m");
  });

  it("is read in the order in which it is written, on the line that it is on", () => {
    expect(findingsText([finding({ message: "a\u202eb\u2066c\u2028d\u2029e" })])).toContain("] a b c d e\n");
  });
});

describe("warnings", () => {
  it("are one line each", () => {
    expect(
      warningTexts([finding(), finding({ standing: "known", more: 2 }), finding({ standing: "existing" })]),
    ).toEqual([
      "[forbidden-path/db] web would reach db",
      "[forbidden-path/db] web would reach db (running pods of this identity have it already) +2 more like it",
      "[forbidden-path/db] web would reach db (it was so before)",
    ]);
  });

  it("hold no control characters, which the API server answers by dropping them", () => {
    const [text = ""] = warningTexts([finding({ message: "a\u001b[2J\nb\tc\u0085d\u0000" })]);
    expect(CONTROL.test(text)).toBe(false);
    expect(text).toBe("[forbidden-path/db] a [2J b c d ");
  });

  it.each([
    ["letters", "x"],
    ["characters of two UTF-16 units", "🦊"],
  ])("are cut to 256 runes, of %s", (_name, letter) => {
    const [text = ""] = warningTexts([finding({ message: letter.repeat(1000) })]);
    expect(runes(text)).toBe(256);
    expect(text.endsWith(`${letter}…`)).toBe(true);
  });

  it("are not cut where they just fit", () => {
    const message = "x".repeat(256 - "[forbidden-path/db] ".length);
    expect(warningTexts([finding({ message })])).toEqual([`[forbidden-path/db] ${message}`]);
  });

  it("end in a count before all together pass what the API server lets through", () => {
    const texts = warningTexts(many(100, { message: "y".repeat(500) }));
    expect(texts.reduce((sum, text) => sum + runes(text), 0)).toBeLessThanOrEqual(4096);
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.at(-1)).toBe(`+${100 - (texts.length - 1)} more`);
    expect(texts.slice(0, -1).every((text) => runes(text) === 256)).toBe(true);
  });

  it("are all there where they fit", () => {
    expect(warningTexts(many(20))).toHaveLength(20);
  });
});

describe("the codes of a verdict", () => {
  it("name each code with its effect once", () => {
    const findings = [
      finding(),
      finding(),
      finding({ effect: "warn" }),
      finding({ code: "x/y", effect: "audit" }),
    ] as const;
    expect(codesText({ kind: "deny", findings, restsOn: [] })).toBe(
      "deny forbidden-path/db, warn forbidden-path/db, audit x/y",
    );
  });

  it("say when it is undecided", () => {
    expect(codesText({ kind: "undecided", refused: true, cause: new GuardError("late") })).toBe("undecided");
  });
});
