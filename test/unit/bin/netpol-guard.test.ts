import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../cli/program.ts";

const manifest = z
  .object({ version: z.string(), bin: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")));

const LAUNCHER = resolve(ROOT, "bin/netpol-guard.js");

describe("the launcher", () => {
  it("is both programs of the package: its own, and kubectl's plug-in netpol-guard", () => {
    expect(manifest.bin).toEqual({
      "netpol-guard": "bin/netpol-guard.js",
      "kubectl-netpol_guard": "bin/netpol-guard.js",
    });
    accessSync(LAUNCHER, constants.X_OK);
  });

  it.each([
    ["--version", 0, `${manifest.version}\n`],
    ["config validate /no/such", 2, ""],
  ])("starts the program, and ends as it does: %s", (line, status, stdout) => {
    const ending = spawnSync(process.execPath, [LAUNCHER, ...line.split(" ")], { encoding: "utf8" });
    expect(ending).toMatchObject({ status, stdout });
  });

  it("asks for the Node.js that the package asks for", () => {
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node) ?? [];
    expect(readFileSync(LAUNCHER, "utf8")).toContain(`const OLDEST = [${major ?? ""}, ${minor ?? ""}];`);
  });

  it.each(["22.18.9", "20.99.0"])("says so where %s starts it", (version) => {
    // The version is read once, at the start: an older Node.js is one that says it is.
    const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", older, LAUNCHER, "--version"], {
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: "",
      stderr: `netpol-guard: expected Node.js 22.19 or later, found ${version}\n`,
    });
  });
});
