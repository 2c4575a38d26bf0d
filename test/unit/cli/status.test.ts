import { expect, it } from "vitest";
import { run } from "./program.ts";

it.each([
  [
    "a format that is none",
    ["status", "-o", "xml"],
    /^netpol-guard: --output: expected one of text, json, found xml\n$/,
  ],
  [
    "a kubeconfig that is not there",
    ["status", "--kubeconfig", "/no/such/file"],
    /^netpol-guard: \/no\/such\/file: expected a kubeconfig, found none that can be read\n$/,
  ],
  [
    "no cluster",
    ["status"],
    /^netpol-guard: kubeconfig: expected --kubeconfig, a cluster around this process or .*\n$/,
  ],
  [
    "no cluster, in an emergency",
    ["emergency"],
    /^netpol-guard: kubeconfig: expected --kubeconfig, a cluster around this process or .*\n$/,
  ],
  ["an option that is none, in an emergency", ["emergency", "--redo"], /^error: unknown option '--redo'\n/],
])("%s is said in one line", async (_name, args, expected) => {
  const { code, stdout, stderr } = await run(args);
  expect(stderr).toMatch(expected);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});
