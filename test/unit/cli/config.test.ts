import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, run } from "./program.ts";

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n";

let folder = "";
/** A file of the folder with this text. */
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-config-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("config validate", () => {
  it("ends with 0 for a configuration that can be read", async () => {
    const good = file("good.yaml", `${HEAD}rules: [{ name: a, type: require-default-deny }]`);
    expect(await run(["config", "validate", good])).toEqual({ code: 0, stdout: `${good}: 1 rule\n`, stderr: "" });
  });

  it("ends with 2 and says where one cannot be read, and what was expected", async () => {
    const bad = file("bad.yaml", `${HEAD}rules: []\nmode: strict\n`);
    expect(await run(["config", "validate", bad])).toEqual({
      code: 2,
      stdout: "",
      stderr: `netpol-guard: ${bad}:4: mode: expected one of "enforce"|"warn"|"audit"|"off", found "strict"\n`,
    });
  });

  it("goes through all of several", async () => {
    const good = file("good.yaml", `${HEAD}rules: []`);
    const bad = file("bad.yaml", `${HEAD}ruls: []`);
    const missing = join(folder, "missing.yaml");
    const { code, stdout, stderr } = await run(["config", "validate", bad, missing, good]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: `${good}: 0 rules\n` });
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/bad\.yaml:[0-9]+: /),
      `netpol-guard: ${missing}: expected a configuration file, found none that can be read`,
      "",
    ]);
  });

  it("says what of it has no effect any more", async () => {
    const exceptions =
      "exceptions: [{ rule: a, from: { namespace: x, workload: Job/y }, reason: b, owner: c, expires: 2020-01-31 }]";
    const text = `${HEAD}rules: [{ name: a, type: lint }]\n${exceptions}`;
    const { code, stderr } = await run(["config", "validate", file("a.yaml", text)]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/a\.yaml: the exception of c from a has expired/);
  });

  it("ends with 2 without a file", async () => {
    const { code, stdout, stderr } = await run(["config", "validate"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("missing required argument 'file'");
  });
});

describe("config schema", () => {
  it("prints the schema that is shipped", async () => {
    const { code, stdout, stderr } = await run(["config", "schema"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(readFileSync(resolve(ROOT, "schemas/guard-configuration.schema.json"), "utf8"));
  });
});

describe("config", () => {
  it("ends with 2 and says what there is", async () => {
    const { code, stdout, stderr } = await run(["config"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/validate .*\n.*schema /s);
  });
});
