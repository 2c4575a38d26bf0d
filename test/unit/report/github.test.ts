import { describe, expect, it } from "vitest";
import { findingsText } from "../../../src/guard/message.ts";
import { EVIL, EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";

const UNESCAPED: ReadonlyMap<string, string> = new Map([
  ["%25", "%"],
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%3A", ":"],
  ["%2C", ","],
]);

const unescape = (text = ""): string => text.replace(/%[0-9A-F]{2}/g, (code) => UNESCAPED.get(code) ?? code);

/** Commands as the runner reads them: one a line, up to the first `::` after the name its properties. */
const commands = (of: Parameters<typeof render>[1]) =>
  render("github", of)
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, command, properties, data] = /^::([a-z]+) (.*?)::(.*)$/.exec(line) ?? [];
      const pairs = (properties ?? "").split(",").map((pair) => pair.split(/=(.*)/, 2).map(unescape));
      return { command, properties: Object.fromEntries(pairs), data: unescape(data) };
    });

describe("github", () => {
  it("annotates the line, in the words of the webhook, and sums up", () => {
    expect(commands(report([warning(), finding({ effect: "audit" }), finding()]))).toEqual([
      {
        command: "error",
        properties: { file: "deploy/open-db.yaml", line: "12", col: "9", title: "NetworkPolicy shop/open-db" },
        data: findingsText([finding()]),
      },
      { command: "warning", properties: { title: "NetworkPolicy tools/odd" }, data: findingsText([warning()]) },
      expect.objectContaining({ command: "notice" }),
      { command: "notice", properties: { title: "netpol-guard" }, data: "1 error, 1 warning, 1 note in 12 objects" },
    ]);
  });

  it("escapes as it is documented", () => {
    const place = { file: "a%b:c,d\r\n.yaml", line: 1, column: 1 };
    expect(render("github", report([finding({ place, message: "100% a:b,c", details: [] })]))).toMatch(
      /^::error file=a%25b%3Ac%2Cd \.yaml,line=1,col=1,title=NetworkPolicy shop\/open-db::\[.*\] 100%25 a:b,c%0A {2}fix/,
    );
  });

  it("warns of what is not judged", () => {
    expect(commands(REMARKABLE)).toContainEqual({
      command: "warning",
      properties: { title: "not judged" },
      data: REMARKABLE.evidence.notJudged[0],
    });
  });

  it("says that there is nothing to say", () => {
    expect(render("github", report([]))).toBe("::notice title=netpol-guard::no findings in 12 objects\n");
  });

  it("prints nothing but its own commands, whatever the names", () => {
    const found = commands(EVIL_REPORT);
    expect(found).toHaveLength(EVIL.length * 3 + 1);
    expect(new Set(found.map(({ command }) => command))).toEqual(new Set(["error", "warning", "notice"]));
    expect(new Set(found.flatMap(({ properties }) => Object.keys(properties)))).toEqual(
      new Set(["file", "line", "col", "title"]),
    );
    const words = "::set-output name=a::b,line=1%0A::add-mask::c";
    expect(found.find(({ properties }) => properties.title === `${words} ${words}/${words}`)?.data).toContain(
      `egress: ${words}\n`,
    );
  });
});
