import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HOSTILE } from "../unit/report/graph/graphs.ts";
import { BROWSER_MS, openFile, startBrowser } from "./browser.ts";
import { describeInBrowser } from "./browser-suite.ts";
import { guardedCluster, RULES } from "./graph-cluster.ts";
import { writeGraph } from "./graph-files.ts";
import { scratchDirectory } from "./main-process.ts";

// What the page does with text that others wrote, with the network, in the dark and on paper.

let browser: Browser;
let page = "";
beforeAll(async () => {
  browser = await startBrowser();
  ({ page } = await writeGraph(scratchDirectory, "small", guardedCluster(2, 2), RULES));
}, 2 * BROWSER_MS);
afterAll(() => browser.close());

/** Names as no API server would take them, but a file can have them. */
const hostileManifests = (): string =>
  [
    { kind: "Deployment", apiVersion: "apps/v1", spec: { template: { metadata: { labels: { [HOSTILE]: HOSTILE } } } } },
    { kind: "Pod", apiVersion: "v1", spec: { containers: [] } },
    {
      kind: "NetworkPolicy",
      apiVersion: "networking.k8s.io/v1",
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
    },
  ]
    .map((manifest) => {
      const labels = { [HOSTILE]: HOSTILE };
      const metadata = { name: HOSTILE, namespace: HOSTILE, labels, annotations: labels };
      return JSON.stringify({ ...manifest, metadata });
    })
    .join("\n---\n");

describeInBrowser("the page", () => {
  it("shows hostile text as text", async () => {
    const files = await writeGraph(scratchDirectory, "hostile", hostileManifests());
    const watched = await openFile(browser, files.page);
    await watched.page.selectOption("#direction", "into");
    await watched.page.locator("#paths button").first().click();
    const shown = await watched.page.locator("#details .policy").allTextContents();
    expect(shown).toContain(`NetworkPolicy ${HOSTILE}/${HOSTILE}`);
    await watched.page.getByRole("button", { name: "Show all" }).click();
    await watched.page.selectOption("#namespace", { index: 1 });
    await watched.page.locator("#workloads button").last().click();
    expect(await watched.page.locator("#details-title").textContent()).toBe(HOSTILE);
    expect(await watched.page.locator("script").count()).toBe(3);
    expect(watched.complaints).toEqual([]);
    expect(watched.requests).toHaveLength(1);
    await watched.page.close();
  });

  it.each([
    ["fetch", "connect-src", "fetch('https://example.invalid/').catch(() => undefined)"],
    ["an image", "img-src", "new Image().src = 'https://example.invalid/a.png'"],
    [
      "a script of somebody else",
      "script-src-elem",
      "document.body.append(Object.assign(document.createElement('script'), { textContent: '0' }))",
    ],
    [
      "a form",
      "form-action",
      "document.body.append(Object.assign(document.createElement('form'), { action: 'https://example.invalid/', id: 'f' })); document.getElementById('f').submit()",
    ],
  ])("is kept by its own policy from %s", async (_, directive, script) => {
    const watched = await openFile(browser, page);
    const violated = await watched.page.evaluate(
      `new Promise((resolve) => { addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective)); ${script}; })`,
    );
    expect(violated).toBe(directive);
    await watched.page.close();
  });

  it("follows the reader's scheme, also when it changes", async () => {
    const watched = await openFile(browser, page, { colorScheme: "dark" });
    const look = (): Promise<unknown> =>
      watched.page.evaluate(
        `[getComputedStyle(document.body).backgroundColor, document.getElementById("map").dataset.drawn,
          document.getElementById("map")._cyreg.cy.nodes(".group").style("background-color")]`,
      );
    expect(await look()).toEqual(["rgb(20, 24, 29)", "dark", "rgb(27,32,39)"]);
    await watched.page.emulateMedia({ colorScheme: "light" });
    await expect.poll(look).toEqual(["rgb(246, 247, 249)", "light", "rgb(255,255,255)"]);
    expect(watched.complaints).toEqual([]);
    await watched.page.close();
  });

  it("prints what was found, and nothing to press", async () => {
    const watched = await openFile(browser, page, { colorScheme: "dark" });
    await watched.page.locator("#paths button").first().click();
    await watched.page.emulateMedia({ media: "print" });
    const isVisible = async (id: string): Promise<readonly [string, boolean]> => [
      id,
      await watched.page.locator(`#${id}`).isVisible(),
    ];
    expect(
      await Promise.all(["filters", "tools", "keys", "map", "details", "paths", "summary"].map(isVisible)),
    ).toEqual([
      ["filters", false],
      ["tools", false],
      ["keys", false],
      ["map", true],
      ["details", true],
      ["paths", true],
      ["summary", true],
    ]);
    expect(await watched.page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(29, 39, 51)");
    await watched.page.close();
  });
});
