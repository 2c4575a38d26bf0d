import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkloadGraph } from "../../src/model/workload-graph.ts";
import { mermaidGraph } from "../../src/report/graph/mermaid.ts";
import { hostile, HOSTILE, printed, shop } from "../unit/report/graph/graphs.ts";
import { BROWSER_MS, startBrowser, watchedPage } from "./browser.ts";
import { describeInBrowser } from "./browser-suite.ts";

// Mermaid itself draws what `graph -o mermaid` prints.

const require = createRequire(import.meta.url);
const MERMAID = require.resolve("mermaid/dist/mermaid.min.js");

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
}, BROWSER_MS);
afterAll(() => browser.close());

interface Drawing {
  readonly labels: readonly string[];
  readonly elements: number;
  readonly red: number;
}

const draw = async (graph: WorkloadGraph): Promise<Drawing> => {
  const { page, complaints } = await watchedPage(browser);
  await page.addScriptTag({ path: MERMAID });
  const source = await printed(mermaidGraph(graph, () => undefined));
  const drawing = await page.evaluate<Drawing>(`(async () => {
    mermaid.initialize({ startOnLoad: false, securityLevel: "loose" });
    const { svg } = await mermaid.render("drawing", ${JSON.stringify(source)});
    document.body.innerHTML = svg;
    const texts = (selector) => [...document.querySelectorAll(selector)].map((found) => found.textContent.trim());
    return {
      labels: [...texts(".nodeLabel"), ...texts(".edgeLabel p"), ...texts(".cluster-label p")],
      elements: document.body.querySelectorAll("script, b, a, img, [onclick]").length,
      red: [...document.querySelectorAll("path.flowchart-link")].filter(({ style }) => style.stroke === "rgb(198, 40, 40)").length,
    };
  })()`);
  expect(complaints).toEqual([]);
  await page.close();
  return drawing;
};

describeInBrowser("Mermaid", () => {
  it("draws every workload, namespace and path, forbidden ones in red", async () => {
    const { labels, red } = await draw(shop);
    expect(labels).toEqual(
      expect.arrayContaining(["outside the cluster", "Deployment/db", "shop", "TCP 80, ✕ forbidden-path/db"]),
    );
    expect(red).toBe(1);
  });

  it("takes no name for more than a name, not even where it trusts its text", async () => {
    const { labels, elements } = await draw(hostile);
    expect(elements).toBe(0);
    const shown = HOSTILE.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").replaceAll(/ +/g, " ");
    expect(labels.map((label) => label.replaceAll(/\s+/g, " "))).toContain(shown);
  });
});
