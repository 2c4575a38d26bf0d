import { expect } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import type { ControlPlane } from "../control-plane/start.ts";

/** Runs kubectl as the admin, which must succeed. */
export const succeed = async (plane: ControlPlane, args: readonly string[], input = ""): Promise<CommandResult> => {
  const result = await plane.kubectl(args, { input });
  expect(result.code, `kubectl ${args.join(" ")}\n${result.stderr}`).toBe(0);
  return result;
};

/** Applies objects, which must succeed. */
export const apply = (plane: ControlPlane, ...objects: readonly object[]): Promise<CommandResult> =>
  succeed(plane, ["apply", "-f", "-"], listOf(objects));

/** One manifest of several objects. */
export const listOf = (objects: readonly object[]): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });

/** What the API server has of an object or a manifest's objects, resourceVersion and all; empty where it has none. */
export const snapshot = async (plane: ControlPlane, ...what: readonly string[]): Promise<string> =>
  (await succeed(plane, ["get", ...what, "--ignore-not-found", "-o", "json"])).stdout;

/** The codes `type/name` of the findings for which a request was refused, sorted; what only warns is not among them. */
export const refusedBy = ({ stderr }: CommandResult): readonly string[] =>
  [...new Set([...stderr.matchAll(/^\[([a-z-]+\/[a-z0-9-]+)\]/gm)].map(([, code = ""]) => code))].sort();

/** The warnings that kubectl prints, without its prefix. */
export const warningsOf = ({ stderr }: CommandResult): readonly string[] =>
  [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, warning = ""]) => warning);

/** How a request ended, and the rules that refused it. */
export const outcomeOf = (
  result: CommandResult,
): { readonly code: number | null; readonly rules: readonly string[] } => ({
  code: result.code,
  rules: refusedBy(result),
});
