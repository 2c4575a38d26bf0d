import { describe, expect, it } from "vitest";
import { OUTPUT_FORMATS } from "../../../src/report/index.ts";
import { EVIL_REPORT, render, report } from "./reports.ts";

describe("output formats", () => {
  it("are those that the command line names", () => {
    expect(OUTPUT_FORMATS.map(({ name }) => name)).toEqual(["text", "json", "sarif", "junit", "github", "markdown"]);
  });

  it.each(OUTPUT_FORMATS.map(({ name }) => name))("%s ends its last line, with findings and without", (name) => {
    expect(render(name, report([]))).toMatch(/[^\n]\n+$/);
    expect(render(name, EVIL_REPORT)).toMatch(/[^\n]\n+$/);
  });

  it.each(OUTPUT_FORMATS.map(({ name }) => name).filter((name) => name !== "text"))("%s never has colours", (name) => {
    expect(render(name, EVIL_REPORT, true)).toBe(render(name, EVIL_REPORT));
  });

  it.each(OUTPUT_FORMATS.map(({ name }) => name))("%s gives a terminal nothing that steers it", (name) => {
    expect(render(name, EVIL_REPORT).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });
});
