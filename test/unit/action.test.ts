import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./cli/program.ts";
import { hasCommand, installedPath } from "./installed.ts";

const ACTION = z
  .object({
    name: z.string(),
    description: z.string(),
    inputs: z.record(
      z.string(),
      z.object({ description: z.string(), required: z.literal(true).optional(), default: z.string().optional() }),
    ),
    runs: z.object({
      using: z.literal("composite"),
      steps: z.array(
        z.object({
          uses: z.string().optional(),
          shell: z.literal("bash").optional(),
          env: z.record(z.string(), z.string()).optional(),
          run: z.string().optional(),
        }),
      ),
    }),
  })
  .parse(parse(readFileSync(resolve(ROOT, "action.yml"), "utf8")));

const INPUT = /^\$\{\{ inputs\.([a-z-]+) \}\}$/;
const CHECK = ACTION.runs.steps.at(-1);

/** The program starts up to three times in a test. */
const RUNS_MS = 120_000;

let folder = "";
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-action-"));
  path = installedPath(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the last step as a runner does: inputs put into its variables, the script by bash as GitHub calls it. */
const runCheck = (inputs: Readonly<Record<string, string>>) => {
  const variables = Object.entries(CHECK?.env ?? {}).map(([name, value]) => {
    const [, input = ""] = INPUT.exec(value) ?? [];
    return [name, inputs[input] ?? ACTION.inputs[input]?.default ?? ""];
  });
  const summary = join(mkdtempSync(join(folder, "run-")), "summary.md");
  const environment = { PATH: path, GITHUB_ACTION_PATH: ROOT, GITHUB_STEP_SUMMARY: summary };
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK?.run ?? "exit 99"],
    { cwd: ROOT, encoding: "utf8", env: { ...environment, ...Object.fromEntries(variables) } },
  );
  return { status, stdout, stderr, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" };
};

const EXAMPLE = "manifests/examples/1-three-tiers-one-namespace";

describe("the GitHub action", { timeout: RUNS_MS }, () => {
  it("hands every input to a script as a variable, and writes none into one", () => {
    const used = Object.values(CHECK?.env ?? {}).map((value) => INPUT.exec(value)?.[1]);
    expect(used.toSorted()).toEqual(Object.keys(ACTION.inputs).toSorted());
    for (const { run } of ACTION.runs.steps) expect(run ?? "").not.toContain("${{");
  });

  it("has scripts that bash can read", () => {
    for (const { run, shell } of ACTION.runs.steps) {
      if (run === undefined) continue;
      expect(shell).toBe("bash");
      expect(spawnSync("bash", ["-n", "-c", run])).toMatchObject({ status: 0 });
    }
  });

  it("ends with 2 where its input cannot be read", () => {
    const { status, stdout, summary } = runCheck({ paths: "/no/such", config: "/no/such" });
    expect({ status, stdout, summary }).toEqual({ status: 2, stdout: "", summary: "" });
  });

  it.skipIf(!hasCommand("check")).each([
    ["good", 0, "notice"],
    ["bad/open-database.yaml", 1, "error"],
  ])("annotates, and ends as check does: %s with %i", (manifests, status, command) => {
    const sarif = join(folder, `${status}.sarif`);
    const paths = `\n${EXAMPLE}/good\n\n${EXAMPLE}/${manifests}\n`;
    const done = runCheck({ paths, config: `${EXAMPLE}/config.yaml`, "sarif-file": sarif });
    expect(done).toMatchObject({ status, stderr: "" });
    expect(done.stdout).toMatch(new RegExp(`^::${command} `));
    expect(done.summary).toMatch(/^### netpol-guard: /);
    expect(JSON.parse(readFileSync(sarif, "utf8"))).toMatchObject({ version: "2.1.0" });
  });

  it.skipIf(!hasCommand("check"))("writes no summary where none is wanted", () => {
    expect(runCheck({ paths: `${EXAMPLE}/good`, config: `${EXAMPLE}/config.yaml`, summary: "false" })).toMatchObject({
      status: 0,
      summary: "",
    });
  });
});
