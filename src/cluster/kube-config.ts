import { KubeConfig } from "@kubernetes/client-node";
import { GuardError } from "../model/errors.ts";

/** Where a kubeconfig is to be found. */
export interface ClusterChoice {
  /** Undefined: in-cluster, then the user's own. */
  readonly kubeconfig: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the kubeconfig; throws GuardError when there is none that names an API server. */
export const loadKubeConfig = ({ kubeconfig, environment }: ClusterChoice): KubeConfig => {
  const config = new KubeConfig();
  const place = kubeconfig ?? "kubeconfig";
  try {
    if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else if (environment["KUBERNETES_SERVICE_HOST"] !== undefined) config.loadFromCluster();
    else config.loadFromDefault();
  } catch (cause) {
    throw new GuardError(`${place}: expected a kubeconfig, found none that can be read`, { cause });
  }
  const server = config.getCurrentCluster()?.server;
  if (kubeconfig === undefined && server === "http://localhost:8080")
    throw new GuardError(
      "kubeconfig: expected --kubeconfig, a cluster around this process or a kubeconfig of this user, found none",
    );
  if (server === undefined) throw new GuardError(`${place}: expected a current context with a cluster, found none`);
  if (!URL.canParse(server))
    throw new GuardError(`${place}: expected the URL of an API server, found ${JSON.stringify(server)}`);
  return config;
};
