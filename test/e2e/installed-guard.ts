import { tmpdir } from "node:os";
import { runKubectl } from "../control-plane/kubectl.ts";

/** Two replicas one after the other, each with an image to load and a cluster to list. */
const ROLLOUT = "--timeout=180s";

/** The guard that is installed in a cluster. */
interface InstalledGuard {
  /** Of its Service. */
  readonly url: string;
  readonly stderr: () => string;
  /** Nothing outside of the cluster reaches them: always rejects. */
  metrics(): Promise<string>;
  /** It goes on, and is asked nothing more. */
  stop(): Promise<void>;
}

/** Whether the guard runs in the cluster of E2E_KUBECONFIG, and none is started beside it. */
export const isInstalled = (env: NodeJS.ProcessEnv): boolean => env["E2E_GUARD"] === "installed";

/** Lets the guard that is installed in a cluster run with another configuration; its Service is where it is asked. */
export const takeInstalledGuard = async (kubeconfig: string, config: string): Promise<InstalledGuard> => {
  const kubectl = async (args: readonly string[], input = ""): Promise<string> => {
    const whole = ["--namespace", "netpol-guard", ...args];
    const { code, stdout, stderr } = await runKubectl("kubectl", whole, { kubeconfig, home: tmpdir(), input });
    if (code !== 0) throw new Error(`kubectl ${whole.join(" ")} ended with ${String(code)}:\n${stderr}`);
    return stdout;
  };
  const file = `--from-file=config.yaml=${config}`;
  const map = await kubectl(["create", "configmap", "netpol-guard-config", file, "--dry-run=client", "-o", "yaml"]);
  await kubectl(["apply", "-f", "-"], map);
  // The kubelet brings a change of a ConfigMap after a minute or more; new pods have it at once.
  await kubectl(["rollout", "restart", "deployment/netpol-guard"]);
  await kubectl(["rollout", "status", "deployment/netpol-guard", ROLLOUT]);
  return {
    url: "https://netpol-guard.netpol-guard.svc",
    stderr: () => "it is in its pods' logs",
    metrics: () => Promise.reject(new Error("Expected a suite that needs no metrics: take E2E_GUARD away")),
    stop: async () => {
      await kubectl(["delete", "validatingwebhookconfiguration", "netpol-guard", "--ignore-not-found"]);
    },
  };
};
