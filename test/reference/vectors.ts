import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";

const root = resolve(import.meta.dirname, "../..");
const directory = resolve(
  root,
  process.env["NETPOL_GUARD_VECTORS"] ?? "../shared/vectors",
);

/** Whether the test vectors are on this machine. */
export const vectorsPresent = existsSync(directory);

/** The cases of one file of the test vectors. */
export function readVectors(file: string): readonly unknown[] {
  return gunzipSync(readFileSync(resolve(directory, file)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
