import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const DEBIAN = "/usr/bin/chromium";
const CHROMIUM = process.env["CHROMIUM_PATH"] ?? DEBIAN;

/** Why there is no browser, in one line; undefined where there is one, and where one was named, which has to be there. */
export const whyNoBrowser = (): string | undefined =>
  process.env["CHROMIUM_PATH"] === undefined && !existsSync(DEBIAN)
    ? `no Chromium at ${DEBIAN}: apt-get install chromium, or set CHROMIUM_PATH`
    : undefined;

/** Starting a browser, and each of its answers, may take this long on a machine that is busy with other tests. */
export const BROWSER_MS = 120_000;

/** Starts a headless Chromium: that of CHROMIUM_PATH, or Debian's. */
export const startBrowser = async (): Promise<Browser> => {
  if (!existsSync(CHROMIUM))
    throw new Error(`Expected Chromium at ${CHROMIUM}, found none: apt-get install chromium, or set CHROMIUM_PATH`);
  // Chromium does not start in its sandbox as root, which is who runs tests in a container. The pages are our own.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM, args, timeout: BROWSER_MS });
};

/** A page with all that it complained about, and asked for. */
export interface WatchedPage {
  readonly page: Page;
  /** Console messages of any level, uncaught errors and dialogs. */
  readonly complaints: readonly string[];
  /** Every address that it requested, its own first. */
  readonly requests: readonly string[];
}

/** A new page that is watched from its first moment on. */
export const watchedPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  page.setDefaultTimeout(BROWSER_MS);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, complaints, requests };
};

/** Waits for the second frame from now, which shows all that was changed before. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");

/** Opens a file in a page of its own, and waits until it has drawn what it shows. */
export const openFile = async (
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  const watched = await watchedPage(browser, options);
  await watched.page.goto(`file://${file}`);
  await drawn(watched.page);
  return watched;
};
