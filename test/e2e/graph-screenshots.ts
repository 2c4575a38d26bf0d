import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { drawn, openFile, startBrowser } from "./browser.ts";
import { guardedCluster, RULES } from "./graph-cluster.ts";
import { writeGraph } from "./graph-files.ts";

// Draws the pictures of docs/graph.md anew: npm run screenshots.

const IMAGES = resolve(import.meta.dirname, "../../docs/images");
/** Large enough to be read in a page of documentation, small enough for a repository. */
const viewport = { width: 1200, height: 750 };

const shoot = async (
  browser: Browser,
  file: string,
  name: string,
  colorScheme: "light" | "dark",
  act: (page: Page) => Promise<unknown>,
): Promise<void> => {
  const { page } = await openFile(browser, file, { viewport, colorScheme });
  await act(page);
  await drawn(page);
  await page.screenshot({ path: join(IMAGES, name) });
  await page.close();
};

const folder = await mkdtemp(join(tmpdir(), "netpol-guard-screenshots-"));
const browser = await startBrowser();
try {
  // The pictures show names of files as somebody has them who is in their folder.
  process.chdir(folder);
  const draw = async (name: string, manifests: string): Promise<string> => {
    const { page } = await writeGraph(".", name, manifests, RULES);
    return join(folder, page);
  };
  const large = await draw("large", guardedCluster(25, 4));
  const small = await draw("cluster", guardedCluster(2, 2));
  await shoot(browser, large, "graph-map.png", "light", () => Promise.resolve());
  await shoot(browser, small, "graph-path.png", "light", async (page) => {
    await page.selectOption("#namespace", "team-01");
    await page.locator("#paths button").first().click();
  });
  await shoot(browser, small, "graph-dark.png", "dark", (page) =>
    page.locator("#workloads button").filter({ hasText: "orders-api" }).first().click(),
  );
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
