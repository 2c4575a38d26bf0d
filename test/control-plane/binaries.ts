import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { existingKubeconfig } from "./existing-kubeconfig.ts";
import { buildTools, goTrouble, type GoTools, type Report } from "./go-build.ts";

/** What the release build stamps; without it the server calls itself v0.0.0, which clients take for a version. */
const STAMPS = ["gitVersion=v1.36.3", "gitMajor=1", "gitMinor=36"];

const CONTROL_PLANE: GoTools = {
  name: "control-plane",
  directory: import.meta.dirname,
  stamps: STAMPS.map((stamp) => `-X k8s.io/component-base/version.${stamp}`),
  // go names a program after the last part of its path that is not a version: go.etcd.io/etcd/server/v3 is "server".
  renamed: { server: "etcd" },
  duration: "about six minutes",
};

/** Absolute paths of the programs; those of KUBEBUILDER_ASSETS as envtest ships it have no controller manager. */
export type ControlPlaneBinaries = {
  readonly directory: string;
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string | undefined;
  readonly kubectl: string;
};

/** What a suite cannot do without. */
export type ControlPlaneNeeds = { readonly controllerManager?: boolean };

type Source =
  | { readonly kind: "directory"; readonly directory: string }
  | { readonly kind: "to-build"; readonly directory: string }
  | { readonly kind: "none"; readonly reason: string };

const assetsSource = (assets: string, needs: ControlPlaneNeeds): Source => {
  const directory = resolve(assets);
  const missing = ["etcd", "kube-apiserver", "kubectl"].filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0) {
    throw new Error(
      `Expected etcd, kube-apiserver and kubectl in KUBEBUILDER_ASSETS (${directory}), missing ${missing.join(", ")}`,
    );
  }
  if (needs.controllerManager === true && !existsSync(join(directory, "kube-controller-manager"))) {
    return { kind: "none", reason: `KUBEBUILDER_ASSETS (${directory}) has no kube-controller-manager` };
  }
  return { kind: "directory", directory };
};

const chooseSource = (needs: ControlPlaneNeeds, env: NodeJS.ProcessEnv): Source => {
  const assets = env["KUBEBUILDER_ASSETS"];
  if (assets !== undefined && assets !== "") return assetsSource(assets, needs);
  const directory = cacheDirectory(CONTROL_PLANE, env);
  if (existsSync(directory)) return { kind: "directory", directory };
  const trouble = goTrouble(CONTROL_PLANE, env);
  if (trouble === undefined) return { kind: "to-build", directory };
  return { kind: "none", reason: `no control plane: KUBEBUILDER_ASSETS is not set, and ${trouble}` };
};

const source = (needs: ControlPlaneNeeds, env: NodeJS.ProcessEnv): Source => {
  const chosen = chooseSource(needs, env);
  // A skipped suite looks green, so where nobody reads the output absence is a failure.
  if (chosen.kind === "none" && env["CI"] === "true") throw new Error(chosen.reason);
  return chosen;
};

/** Why suites that need a control plane are to be skipped, if so; never builds. Throws where CI is "true". */
export const whyNoControlPlane = (
  needs: ControlPlaneNeeds = {},
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  if (existingKubeconfig(env) !== undefined) return undefined;
  const chosen = source(needs, env);
  return chosen.kind === "none" ? chosen.reason : undefined;
};

/**
 * The programs from KUBEBUILDER_ASSETS, or else from the user's cache, built there when they are not yet (minutes);
 * a string is the reason why this machine can have none. Throws where CI is "true".
 */
export const findControlPlane = async (
  needs: ControlPlaneNeeds = {},
  env: NodeJS.ProcessEnv = process.env,
  report: Report = () => undefined,
): Promise<ControlPlaneBinaries | string> => {
  const chosen = source(needs, env);
  if (chosen.kind === "none") return chosen.reason;
  const { directory } = chosen;
  if (chosen.kind === "to-build") await buildTools(CONTROL_PLANE, directory, env, report);
  const controllerManager = join(directory, "kube-controller-manager");
  return {
    directory,
    etcd: join(directory, "etcd"),
    kubeApiserver: join(directory, "kube-apiserver"),
    kubeControllerManager: existsSync(controllerManager) ? controllerManager : undefined,
    kubectl: join(directory, "kubectl"),
  };
};
