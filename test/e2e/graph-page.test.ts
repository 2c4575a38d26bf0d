import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { BROWSER_MS, drawn, openFile, startBrowser, type WatchedPage } from "./browser.ts";
import { describeInBrowser } from "./browser-suite.ts";
import { guardedCluster, RULES } from "./graph-cluster.ts";
import { writeGraph, type GraphFiles } from "./graph-files.ts";
import { scratchDirectory } from "./main-process.ts";

// The page that `graph -o html` prints of 500 workloads, in a browser, by pointer and by keyboard.

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly forbidden: readonly { readonly rule: string }[];
}

let browser: Browser;
let files: GraphFiles;
let edges: readonly Edge[];
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
  files = await writeGraph(scratchDirectory, "guarded", guardedCluster(25, 4), RULES);
  edges = JSON.parse(await files.printed("json")).edges;
}, 3 * BROWSER_MS);
afterAll(() => browser.close());

beforeEach(async () => {
  watched = await openFile(browser, files.page);
  ({ page } = watched);
}, BROWSER_MS);
afterEach(async () => {
  expect(watched.complaints).toEqual([]);
  expect(watched.requests).toEqual([`file://${files.page}`]);
  await page.close();
}, BROWSER_MS);

const soon = { timeout: BROWSER_MS, interval: 50 };
const textOf = (id: string) => expect.poll(() => page.locator(`#${id}`).textContent(), soon);
const pathsAre = (count: number) => textOf("paths-title").toBe(`Paths (${count.toLocaleString("en")})`);
/** How the page outlines what has the focus. */
const SEEN = "solid 3px";
const inTeam = (id: string): boolean => id.startsWith("team-02/");

/** Where the middle of the one line from one workload to another is on the screen. */
const middleOfLine = async (from: string, to: string): Promise<{ readonly x: number; readonly y: number }> => {
  await drawn(page);
  return page.evaluate(`(() => {
    const cy = document.getElementById("map")._cyreg.cy;
    const line = cy.edges().filter((edge) =>
      edge.source().data("label") === "${from}" && edge.target().data("label") === "${to}")[0];
    const { left, top } = cy.container().getBoundingClientRect();
    const { x, y } = line.renderedMidpoint();
    return { x: left + x, y: top + y };
  })()`);
};

describeInBrowser("the page", () => {
  it("shows all workloads and paths", async () => {
    expect(edges.length).toBeGreaterThan(2000);
    await textOf("summary").toBe(
      `503 workloads in 28 namespaces · ${edges.length.toLocaleString("en")} paths · ✕ 16 paths forbidden`,
    );
    await textOf("workloads-title").toBe("Workloads (503)");
    await pathsAre(edges.length);
    expect(await page.evaluate(`document.getElementById("map")._cyreg.cy.nodes(".group").length`)).toBe(28);
  });

  it("writes no namespace's name over another from afar", async () => {
    const overlapping = `(() => {
      const names = document.getElementById("map")._cyreg.cy.nodes(".name").toArray();
      const boxes = names.map((name) => name.boundingBox({ includeNodes: false, includeLabels: true }));
      const overlap = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
      return boxes.flatMap((box, index) =>
        boxes.slice(index + 1).flatMap((other, more) =>
          overlap(box, other) ? [[names[index], names[index + 1 + more]].map((name) => name.data("label"))] : []));
    })()`;
    // Small enough that the longest names do not fit.
    await page.setViewportSize({ width: 1100, height: 700 });
    await expect.poll(() => page.evaluate(`document.getElementById("map")._cyreg.cy.width()`), soon).toBeLessThan(600);
    await page.getByRole("button", { name: "Fit" }).click();
    await drawn(page);
    expect(await page.evaluate(overlapping)).toEqual([]);
  });

  it("finds workloads, ports and policies by words", async () => {
    await page.fill("#words", "orders-db 5432 team-07");
    await pathsAre(2);
    await page.fill("#words", "debug-out");
    await pathsAre(edges.filter(({ forbidden }) => forbidden.length > 0).length);
    await page.fill("#words", "no such thing");
    await pathsAre(0);
    await page.getByRole("button", { name: "Show all" }).click();
    await pathsAre(edges.length);
  });

  it("filters by namespace, direction and rule", async () => {
    await page.selectOption("#namespace", "team-02");
    await pathsAre(edges.filter(({ from, to }) => inTeam(from) || inTeam(to)).length);
    await page.selectOption("#direction", "into");
    await pathsAre(edges.filter(({ from, to }) => !inTeam(from) && inTeam(to)).length);
    await page.selectOption("#direction", "out");
    await pathsAre(edges.filter(({ from, to }) => inTeam(from) && !inTeam(to)).length);
    await page.selectOption("#direction", "within");
    await pathsAre(edges.filter(({ from, to }) => inTeam(from) && inTeam(to)).length);
    await page.getByRole("button", { name: "Show all" }).click();
    await page.selectOption("#rule", "only-allowed-paths/db-only-from-behind");
    await pathsAre(16);
  });

  it("says of an edge that is clicked which policies, rules and lines let it pass", async () => {
    await page.fill("#words", "team-01 billing-web billing-db");
    await pathsAre(1);
    const { x, y } = await middleOfLine("billing-web", "billing-db");
    await page.mouse.click(x, y);
    await textOf("details-title").toBe("billing-web → billing-db");
    const details = await page.locator("#details").innerText();
    for (const text of [
      "✕ forbidden-path/db-not-from-web",
      "✕ only-allowed-paths/db-only-from-behind",
      "NetworkPolicy team-01/debug-out",
      "spec.egress[0].to[0]",
      "NetworkPolicy team-01/debug",
      "spec.ingress[0].from[0]",
      "TCP 5432",
    ])
      expect(details).toContain(text);
    const lines = (await readFile(files.state, "utf8")).split("\n");
    const [, egress = ""] = /guarded\.yaml:([0-9]+)/.exec(details) ?? [];
    expect(lines.slice(Number(egress) - 1, Number(egress) + 5).join("\n")).toContain('"tier": "db"');
    const red = "rgb(198,40,40)";
    expect(await page.evaluate(`document.getElementById("map")._cyreg.cy.edges().style("line-color")`)).toBe(red);
  });

  it("shows all paths of a workload that is clicked, and goes on from one of them", async () => {
    await page.selectOption("#namespace", "team-03");
    await page.locator("#workloads").getByRole("button", { name: "billing-api Deployment in team-03" }).click();
    await textOf("details-title").toBe("billing-api");
    const own = edges.filter(({ from, to }) => [from, to].includes("team-03/Deployment/billing-api"));
    expect(await page.locator("#details .entry").count()).toBe(own.length);
    await page.locator("#details .entry").first().click();
    await textOf("details-title").toContain(" → ");
  });

  it("can be used by keyboard alone, and shows where it is", async () => {
    const focused = (script: string): Promise<unknown> => page.evaluate(`document.activeElement.${script}`);
    const outline = (): Promise<unknown> =>
      page.evaluate(
        "(({ outlineStyle, outlineWidth }) => `${outlineStyle} ${outlineWidth}`)(getComputedStyle(document.activeElement))",
      );
    await page.keyboard.press("/");
    expect(await focused("id")).toBe("words");
    await page.keyboard.type("team-04 search");
    await textOf("paths-title").not.toContain("2,022");
    for (const id of ["namespace", "direction", "rule"]) {
      await page.keyboard.press("Tab");
      expect([await focused("id"), await outline()]).toEqual([id, SEEN]);
    }
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    expect([await focused("closest('ul').id"), await outline()]).toEqual(["workloads", SEEN]);
    const name = await focused("querySelector('.title').textContent");
    await page.keyboard.press("Enter");
    await textOf("details-title").toBe(name);
    expect(await focused("getAttribute('aria-current')")).toBe("true");
    await page.keyboard.press("Tab");
    expect(await focused("closest('ul').id")).toBe("paths");
    await page.keyboard.press("Enter");
    await textOf("details-title").toContain(" → ");
    await page.keyboard.press("Tab");
    expect([await focused("id"), await outline()]).toEqual(["map", SEEN]);
    const view = (): Promise<unknown> =>
      page.evaluate(
        `(() => { const cy = document.getElementById("map")._cyreg.cy; return [cy.pan().x, cy.zoom()]; })()`,
      );
    const before = await view();
    await page.keyboard.press("ArrowRight");
    const after = await view();
    expect(after).not.toEqual(before);
    await page.keyboard.press("+");
    expect(await view()).not.toEqual(after);
    await page.keyboard.press("Escape");
    await textOf("details-title").toBe("Choose a workload or a path");
  });
});
