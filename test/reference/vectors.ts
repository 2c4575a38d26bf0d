import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const directory = resolve(root, process.env["NETPOL_GUARD_VECTORS"] ?? "../shared/vectors");

/** Groups tests that need the test vectors; skipped, and named so, where there are none. */
export function describeVectors(name: string, tests: () => void): void {
  const present = existsSync(directory);
  const reason = " (skipped: no test vectors, set NETPOL_GUARD_VECTORS)";
  describe.skipIf(!present)(present ? name : name + reason, tests);
}

/** The cases of one file of the test vectors. */
export function readVectors(file: string): readonly unknown[] {
  return gunzipSync(readFileSync(resolve(directory, file)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
