import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A Go module whose `tool` lines name programs that tests run. */
export interface GoModule {
  /** What its programs are kept under. */
  readonly name: string;
  /** The folder of its go.mod and go.sum. */
  readonly directory: string;
}

/** 64 bits: a new set of tools gets a new directory, and the path stays readable. */
const HASH_DIGITS = 16;

/** Where the built tools are kept: outside the checkout, one directory for each content of go.mod and go.sum. */
export const cacheDirectory = (module: GoModule, env: NodeJS.ProcessEnv): string => {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(module.directory, file)));
  // An empty XDG_CACHE_HOME means unset: https://specifications.freedesktop.org/basedir-spec/latest/
  const wish = env["XDG_CACHE_HOME"] ?? "";
  const cache = wish === "" ? join(homedir(), ".cache") : wish;
  return join(cache, "netpol-guard", `${module.name}-${hash.digest("hex").slice(0, HASH_DIGITS)}`);
};
