import { describe } from "vitest";
import { BROWSER_MS, whyNoBrowser } from "./browser.ts";

/** `describe` for tests that need a browser: skipped, with the reason in its name, where there is none. */
export const describeInBrowser = (name: string, tests: () => void): void => {
  const reason = whyNoBrowser();
  if (reason !== undefined) process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skipIf(reason !== undefined)(
    reason === undefined ? name : `${name} (${reason})`,
    { timeout: 3 * BROWSER_MS },
    tests,
  );
};
