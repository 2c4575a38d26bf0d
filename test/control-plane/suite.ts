import { describe } from "vitest";
import { type ControlPlaneNeeds, whyNoControlPlane } from "./binaries.ts";

/** A `beforeAll` that starts a control plane may have to build it: six minutes on two cores, more on slower ones. */
export const BUILD_AND_START_MS = 20 * 60_000;

/** `describe` for tests that need a control plane: skipped, with the reason in its name, where there can be none. */
export const describeControlPlane = (name: string, needs: ControlPlaneNeeds, tests: () => void): void => {
  const reason = whyNoControlPlane(needs);
  if (reason !== undefined) process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, tests);
};
