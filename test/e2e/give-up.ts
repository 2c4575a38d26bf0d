import { expect } from "vitest";
import { startMain } from "./main-process.ts";
import { ONE_NAMESPACE } from "./shipped.ts";

/** A configuration and a state with which `serve` would run. */
export const CONFIG = `${ONE_NAMESPACE}/config.yaml`;
export const GOOD = ["--state", `${ONE_NAMESPACE}/good`];

/** Runs `serve`, which must end with code 2 and without a stack; the one line that says why, its prefix left out. */
export const reasonToGiveUp = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await startMain(["serve", ...args]).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toMatch(/^\s+at /m);
  const reasons = [...stderr.matchAll(/^netpol-guard: (.*)$/gm)].map(([, reason = ""]) => reason);
  expect(reasons).toHaveLength(1);
  return reasons[0] ?? "";
};
