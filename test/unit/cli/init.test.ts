import { describe, expect, it } from "vitest";
import { init } from "../../../src/cli/init.ts";
import { parseConfiguration } from "../../../src/config/load.ts";
import { THREE_NAMESPACES } from "../../e2e/shipped.ts";
import { runInProcess } from "./in-process.ts";

const GOOD = `${THREE_NAMESPACES}/good`;
const bad = (name: string): string => `${THREE_NAMESPACES}/bad/${name}.yaml`;

const written = async (...paths: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runInProcess(init, ["init", "--state", ...paths]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
};

/** The comment above a rule. */
const commentOn = (text: string, rule: string): string => {
  const lines = text.split("\n");
  return (lines[lines.indexOf(`  - name: ${rule}`) - 1] ?? "").trim();
};

describe("init", () => {
  it("writes a configuration that loads, and refuses nothing", async () => {
    const { settings } = parseConfiguration(await written(GOOD), "init.yaml");
    expect(settings.mode).toBe("audit");
    expect(settings.rules.map(({ type }) => type)).toEqual(["require-default-deny", "restrict-ip-blocks", "lint"]);
  });

  it("says where nothing breaks a rule today", async () => {
    const text = await written(GOOD);
    expect(commentOn(text, "default-deny")).toBe("# Nothing breaks it today.");
    expect(commentOn(text, "no-open-ingress")).toBe("# Nothing breaks it today.");
  });

  it("says what enforcing a rule would refuse of what is there, and where", async () => {
    const text = await written(GOOD, bad("no-from"), bad("backend-default-deny-for-some"));
    expect(commentOn(text, "default-deny")).toBe(
      "# Enforced, it would refuse 1 object of those that are there, in backend-tier.",
    );
    expect(commentOn(text, "no-open-ingress")).toBe(
      "# Enforced, it would refuse 2 objects of those that are there, in frontend-tier.",
    );
    expect(commentOn(text, "hardly-meant")).toMatch(/^# [0-9]+ warnings? today\.$/);
  });

  it("takes one state", async () => {
    const asked = runInProcess(init, ["init", "--state", "x", "--kubeconfig", "y"]);
    await expect(asked).rejects.toThrow("init: expected --state or --kubeconfig, found both");
  });
});
