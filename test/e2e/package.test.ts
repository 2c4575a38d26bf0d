import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findControlPlane } from "../control-plane/binaries.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { BASE_CONFIG } from "./shipped.ts";
import { scratchDirectory } from "./main-process.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Building and packing takes some seconds, on a busy machine a minute. */
const PACK_MS = 5 * 60_000;

/** Where npm would have put the package. */
const INSTALLED = join(scratchDirectory, "lib/node_modules/netpol-guard");

/** A folder without a manifest. */
const EMPTY = join(scratchDirectory, "empty");

/** The PATH of a user who has it installed. */
const PATH = [join(scratchDirectory, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);

const run = (command: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { PATH, HOME: scratchDirectory },
  });
  return { status, stdout, stderr };
};

/** Packs this checkout and unpacks it as npm does, with the dependencies that are here in place of a registry's. */
beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", scratchDirectory], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [, name = ""] = /"filename": "([^"]+)"/.exec(packed) ?? [];
  mkdirSync(INSTALLED, { recursive: true });
  execFileSync("tar", ["-xzf", join(scratchDirectory, name), "--strip-components=1", "-C", INSTALLED]);
  symlinkSync(join(ROOT, "node_modules"), join(INSTALLED, "node_modules"));
  mkdirSync(join(scratchDirectory, "bin"));
  mkdirSync(EMPTY);
  for (const program of ["netpol-guard", "kubectl-netpol_guard"])
    symlinkSync(join(INSTALLED, "bin/netpol-guard.js"), join(scratchDirectory, "bin", program));
}, PACK_MS);

describe("the package, installed", () => {
  it("runs, though Node.js takes no TypeScript there", () => {
    expect(run("netpol-guard", ["config", "validate", BASE_CONFIG])).toEqual({
      status: 0,
      stdout: `${BASE_CONFIG}: 3 rules\n`,
      stderr: "",
    });
  });

  it("prints the page of a graph, whose files have come along", () => {
    const { status, stdout, stderr } = run("netpol-guard", ["graph", "--state", EMPTY, "-o", "html"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^<!doctype html>\n[^]*const \{ createMap \}[^]*<\/html>\n$/);
  });
});

describeControlPlane("kubectl's plug-in", {}, () => {
  let kubectl = "";
  beforeAll(async () => {
    const found = await findControlPlane();
    if (typeof found !== "string") kubectl = found.kubectl;
  }, BUILD_AND_START_MS);

  it("is called netpol-guard, and ends as the program does", () => {
    expect(run(kubectl, ["netpol-guard", "--version"])).toMatchObject({ status: 0, stdout: "0.1.0\n" });
    expect(run(kubectl, ["netpol-guard", "config", "validate", "/no/such"])).toMatchObject({ status: 2, stdout: "" });
  });

  it("is among the plug-ins that kubectl lists", () => {
    expect(run(kubectl, ["plugin", "list"]).stdout).toContain(join(scratchDirectory, "bin/kubectl-netpol_guard"));
  });
});
