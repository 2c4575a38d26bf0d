import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { findingsText } from "../../../src/guard/message.ts";
import { EVIL, EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";

/** As GitHub renders it, before it takes out what is dangerous. */
const html = (source: string): string =>
  micromark(source, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

const tags = (source: string): ReadonlySet<string> =>
  new Set([...html(source).matchAll(/<\/?([a-zA-Z!][a-zA-Z0-9-]*)/g)].map(([, tag = ""]) => tag));

const decoded = (source: string): string =>
  source
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replaceAll("&amp;", "&");

/** GitHub's. */
const LIMIT = 65_536;

describe("markdown", () => {
  it("has a table, and the words of the webhook to open", () => {
    const source = render("markdown", report([warning(), finding()]));
    expect(source).toMatch(/^### netpol-guard: 1 error, 1 warning in 12 objects\n/);
    const page = html(source);
    const rows = [...page.matchAll(/<tr>\s*(<td>.*?)<\/tr>/gs)].map(([, row = ""]) =>
      [...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = ""]) => cell.replaceAll(/<\/?code>/g, "")),
    );
    expect(rows).toEqual([
      ["error", "forbidden-path/db-not-from-frontend", "NetworkPolicy shop/open-db", "deploy/open-db.yaml:12:9"],
      ["warning", "lint/lint", "NetworkPolicy tools/odd", ""],
    ]);
    const blocks = [...page.matchAll(/<summary>(.*?)<\/summary>\s*<pre><code class="language-text">(.*?)\n<\/code>/gs)];
    expect(blocks.map(([, summary, words = ""]) => [summary, decoded(words)])).toEqual([
      [`error: <code>${finding().message}</code>`, findingsText([finding()])],
      [`warning: <code>${warning().message}</code>`, findingsText([warning()])],
    ]);
  });

  it("says that there is nothing to say", () => {
    expect(render("markdown", report([]))).toBe("### netpol-guard: no findings in 12 objects\n\n");
  });

  it("adds the order, what is not judged, and exceptions", () => {
    const page = html(render("markdown", REMARKABLE));
    expect(page).toContain("<summary>An order in which a cluster would admit it</summary>");
    expect(page).toContain("1. create NetworkPolicy shop/default-deny\n2. delete Pod shop/old\n");
    expect(page).toContain("<summary>Not judged</summary>");
    expect(page).toContain("<summary>Exceptions</summary>");
  });

  it("has the tags of its own and no others, whatever the names", () => {
    const own = tags(render("markdown", REMARKABLE));
    for (const evil of EVIL) {
      const object = { kind: evil, namespace: evil, name: evil };
      const place = { file: evil, line: 1, column: 1 };
      const one = render(
        "markdown",
        report([finding({ message: evil, details: [evil], fix: evil, code: evil, object, place })]),
      );
      expect([evil, [...tags(one)].filter((tag) => !own.has(tag))]).toEqual([evil, []]);
      expect([evil, html(one).match(/<(tr|details|summary|pre)>/g)]).toEqual([
        evil,
        ["<tr>", "<tr>", "<details>", "<summary>", "<pre>"],
      ]);
    }
    expect(render("markdown", EVIL_REPORT).isWellFormed()).toBe(true);
    expect([...tags(render("markdown", EVIL_REPORT))].filter((tag) => !own.has(tag))).toEqual([]);
  });

  it("calls nobody", () => {
    const outside = html(render("markdown", EVIL_REPORT)).replaceAll(/<(code|pre)[ >].*?<\/\1>/gs, "");
    expect(outside).not.toMatch(/[@#]|https?:|www/);
    const object = { kind: "Pod", namespace: "shop", name: "a@evil.example" };
    expect(html(render("markdown", report([finding({ object })])))).toContain("a@\u200bevil.example");
  });

  it.each([200, 1000, 30_000])("of %i findings is as long as GitHub takes it, and counts the rest", (count) => {
    const many = Array.from({ length: count }, (_, index) =>
      finding({ message: `path ${index}`, effect: index % 2 === 0 ? "warn" : "deny" }),
    );
    const source = render("markdown", report(many, { evidence: { notJudged: EVIL.map((evil) => evil.repeat(1000)) } }));
    expect(source.length).toBeLessThanOrEqual(LIMIT);
    expect(source.length).toBeGreaterThan(LIMIT * 0.9);
    const shown = [...source.matchAll(/<summary>(error|warning): /g)].map(([, level]) => level);
    const [, more] = /^\+(\d+) more$/m.exec(source) ?? [];
    expect(shown.length + Number(more)).toBe(count);
    expect(new Set(shown.slice(0, count / 2))).toEqual(new Set(["error"]));
    expect(source).toMatch(/### netpol-guard: \d+ errors, \d+ warnings in 12 objects\n/);
  });

  it("has room for each of some findings of any length", () => {
    const long = "🦊`|<".repeat(50_000);
    const source = render(
      "markdown",
      report([finding({ message: long, details: [long] }), finding({ fix: long }), warning()]),
    );
    expect(source.length).toBeLessThanOrEqual(LIMIT);
    expect(source.match(/<summary>/g)).toHaveLength(3);
    expect(source.isWellFormed()).toBe(true);
  });

  it("keeps remarks short", () => {
    const notJudged = Array.from({ length: 1000 }, (_, index) => `object ${index} ${"x".repeat(1000)}`);
    const source = render("markdown", report([], { evidence: { notJudged } }));
    expect(source).toMatch(/\n\+980 more\n/);
    expect(source.length).toBeLessThan(10_000);
  });
});
