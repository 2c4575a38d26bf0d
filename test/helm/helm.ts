import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../control-plane/cache-directory.ts";
import { buildTools, goTrouble, type GoTools } from "../control-plane/go-build.ts";
import { type CommandResult, runKubectl } from "../control-plane/kubectl.ts";

const HELM: GoTools = {
  name: "helm",
  directory: import.meta.dirname,
  stamps: [],
  renamed: {},
  duration: "about three minutes",
};

/** Why suites that need Helm are to be skipped, if so; never builds. Throws where CI is "true". */
export const whyNoHelm = (env: NodeJS.ProcessEnv = process.env): string | undefined => {
  if (existsSync(cacheDirectory(HELM, env))) return undefined;
  const trouble = goTrouble(HELM, env);
  // A skipped suite looks green, so where nobody reads the output absence is a failure.
  if (trouble !== undefined && env["CI"] === "true") throw new Error(`no Helm: ${trouble}`);
  return trouble === undefined ? undefined : `no Helm: ${trouble}`;
};

/** The path of Helm's program, in the user's cache; built there when it is not yet (minutes). Throws where it cannot be. */
const findHelm = async (env: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const directory = cacheDirectory(HELM, env);
  if (!existsSync(directory)) await buildTools(HELM, directory, env, () => undefined);
  return join(directory, "helm");
};

/** Runs Helm with `home` for its caches, apart from those of the user; a failure is a code, not an exception. */
export const runHelm = async (
  args: readonly string[],
  from: { readonly home: string; readonly kubeconfig: string },
): Promise<CommandResult> => runKubectl(await findHelm(), args, from);
