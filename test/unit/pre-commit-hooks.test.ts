import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./cli/program.ts";
import { hasCommand, installedPath } from "./installed.ts";

/** The fields that hooks here have (https://pre-commit.com/#creating-new-hooks). */
const HOOK = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  entry: z.string(),
  language: z.literal("system"),
  pass_filenames: z.boolean().default(true),
  types: z.array(z.string()).optional(),
  types_or: z.array(z.string()).optional(),
  files: z.string().optional(),
});
const HOOKS = z.array(HOOK).parse(parse(readFileSync(resolve(ROOT, ".pre-commit-hooks.yaml"), "utf8")));

const hook = (id: string): z.output<typeof HOOK> => {
  const found = HOOKS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`Expected a hook ${id}, found none`);
  return found;
};

const CONFIGURATION = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\nrules: []\n";
const EXAMPLE = resolve(ROOT, "manifests/examples/1-three-tiers-one-namespace");

let folder = "";
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-hooks-"));
  path = installedPath(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs what a hook runs, as pre-commit does. */
const runHook = (id: string, args: readonly string[]) => {
  const [command = "", ...words] = hook(id).entry.split(" ");
  return spawnSync(command, [...words, ...args], { cwd: folder, encoding: "utf8", env: { PATH: path, HOME: folder } });
};

describe("the hooks for pre-commit", () => {
  it("are those that docs/gitops.md names", () => {
    const page = readFileSync(resolve(ROOT, "docs/gitops.md"), "utf8");
    expect(HOOKS.map(({ id }) => id)).toEqual(["netpol-guard-check", "netpol-guard-config"]);
    for (const { id } of HOOKS) expect(page).toContain(`- id: ${id}\n`);
  });

  it.each([
    ["netpol-guard.yaml", true],
    ["clusters/prod/netpol-guard.prod.yml", true],
    ["clusters/prod/web.yaml", false],
    ["netpol-guard.md", false],
    ["netpol-guard/web.yaml", false],
  ])("take %s for a configuration: %s", (file, isOne) => {
    expect(new RegExp(hook("netpol-guard-config").files ?? "").test(file)).toBe(isOne);
  });

  it("let a configuration pass that can be read", () => {
    writeFileSync(join(folder, "netpol-guard.yaml"), CONFIGURATION);
    expect(runHook("netpol-guard-config", ["netpol-guard.yaml"])).toMatchObject({ status: 0 });
  });

  it("fail on one that cannot", () => {
    writeFileSync(join(folder, "netpol-guard.yaml"), `${CONFIGURATION}mood: good\n`);
    expect(runHook("netpol-guard-config", ["netpol-guard.yaml"])).toMatchObject({
      status: 2,
      stderr: 'netpol-guard: netpol-guard.yaml:4: unknown key "mood"\n',
    });
  });

  it.skipIf(!hasCommand("check")).each([
    ["good", 0],
    ["bad/open-database.yaml", 1],
  ])("judge manifests: %s ends with %i", (manifests, status) => {
    const args = [join(EXAMPLE, "good"), join(EXAMPLE, manifests), "--config", join(EXAMPLE, "config.yaml")];
    expect(runHook("netpol-guard-check", args)).toMatchObject({ status });
  });
});

/** pre-commit clones the repository, twice. */
const CLONES_MS = 120_000;

describe.skipIf(spawnSync("pre-commit", ["--version"]).status !== 0)(
  "pre-commit itself",
  { timeout: CLONES_MS },
  () => {
    const runPreCommit = () => {
      const args = ["try-repo", ROOT, "netpol-guard-config", "--files", "netpol-guard.yaml"];
      const env = { PATH: path, HOME: folder, PRE_COMMIT_HOME: join(folder, "pre-commit") };
      return spawnSync("pre-commit", args, { cwd: folder, encoding: "utf8", env });
    };

    it("runs a hook", () => {
      const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: folder });
      git("init", "--quiet");
      writeFileSync(join(folder, "netpol-guard.yaml"), CONFIGURATION);
      git("add", "netpol-guard.yaml");
      expect(runPreCommit()).toMatchObject({ status: 0 });
      writeFileSync(join(folder, "netpol-guard.yaml"), `${CONFIGURATION}mood: good\n`);
      git("add", "netpol-guard.yaml");
      const { status, stdout } = runPreCommit();
      expect(status).toBe(1);
      expect(stdout).toContain('netpol-guard.yaml:4: unknown key "mood"');
    });
  },
);
