import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { embeddable, graphPage } from "../../../../src/report/graph/html.ts";
import { pageScript } from "../../../../src/report/graph/page-script.ts";
import { hostile, HOSTILE, printed, shop } from "./graphs.ts";

const NOWHERE = () => undefined;

describe("JSON in a page", () => {
  it("holds nothing that ends its element, and is the same value", () => {
    const value = { [HOSTILE]: `${HOSTILE}<!--<script ]]>` };
    expect(embeddable(value)).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embeddable(value))).toEqual(value);
  });
});

describe("the page", () => {
  it("allows only the scripts that are in it, by their hashes, and loads nothing", async () => {
    const html = await printed(graphPage(shop, NOWHERE));
    const [, policy = ""] = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html) ?? [];
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text = ""]) => text);
    const hashes = scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashes.join(" ")}`,
      "style-src 'unsafe-inline'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(hashes).toHaveLength(2);
    expect(html.replaceAll(/<script[^]*?<\/script>/g, "")).not.toMatch(/(src|href)="(?!data:,")|\{\{/);
  });

  it("has the same elements whatever the names are", async () => {
    const tags = (html: string): readonly string[] =>
      [...html.replaceAll(/<script>[^]*?<\/script>/g, "").matchAll(/<[a-z/!][a-z0-9-]*/gi)].map(([tag]) => tag);
    expect(tags(await printed(graphPage(hostile, NOWHERE)))).toEqual(tags(await printed(graphPage(shop, NOWHERE))));
  });

  it("names the library's licence, as it asks for", async () => {
    const html = await printed(graphPage(shop, NOWHERE));
    expect(html.includes("The Cytoscape Consortium") && html.includes("permission notice shall be included")).toBe(
      true,
    );
  });
});

describe("the page's script", () => {
  it("is one script with no module's words in it", () => {
    const script = pageScript("main.js");
    expect(() => new Script(script)).not.toThrow();
    expect(/^(import|export)\b.*$/m.exec(script)?.[0]).toBeUndefined();
  });
});
