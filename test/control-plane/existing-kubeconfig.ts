import { resolve } from "node:path";

/** The kubeconfig of a cluster that is there already, in which the suites are to run in place of their own; if so. */
export const existingKubeconfig = (env: NodeJS.ProcessEnv): string | undefined => {
  const file = env["E2E_KUBECONFIG"] ?? "";
  return file === "" ? undefined : resolve(file);
};
