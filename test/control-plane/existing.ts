import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runKubectl } from "./kubectl.ts";
import type { ControlPlane, ControlPlaneOptions } from "./plane.ts";
import type { ServerProcess } from "./server-process.ts";

const view = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) }),
  ]),
});

const refuse = (what: string): never => {
  throw new Error(`Expected a suite for any cluster, it needs ${what}: take E2E_KUBECONFIG away`);
};

/**
 * A cluster that is there, by the context in use of a kubeconfig; kubectl is the one on the PATH. What a suite leaves there
 * goes with `stop`: the registration, and namespaces that were not there before.
 */
export const existingControlPlane = async (kubeconfig: string, options: ControlPlaneOptions): Promise<ControlPlane> => {
  const { users = [], audit = false, disabledAdmissionPlugins = [], apiServerFlags = [] } = options;
  if (users.length > 0 || audit || disabledAdmissionPlugins.length > 0 || apiServerFlags.length > 0)
    refuse("an API server with settings of its own");
  const home = await mkdtemp(join(tmpdir(), "netpol-guard-existing-"));
  const kubectl: ControlPlane["kubectl"] = (args, { input, user } = {}) =>
    user === undefined ? runKubectl("kubectl", args, { kubeconfig, home, input }) : refuse("users of its own");
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${String(code)}:\n${stderr}`);
    return stdout;
  };
  const namespaces = async (): Promise<readonly string[]> =>
    (await succeed("get", "namespaces", "-o", "name")).split("\n").filter((name) => name !== "");
  const text = await succeed("config", "view", "--raw", "--minify", "-o", "json");
  const [{ cluster }] = view.parse(JSON.parse(text)).clusters;
  const before = await namespaces();
  const serverOf = (): ServerProcess => refuse("the processes of the servers");
  return {
    server: cluster.server,
    certificateAuthority: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
    kubeconfig,
    kubeconfigFor: () => refuse("users of its own"),
    kubectl,
    auditLog: undefined,
    get etcd() {
      return serverOf();
    },
    get apiServer() {
      return serverOf();
    },
    controllerManager: undefined,
    stop: async () => {
      await succeed("delete", "validatingwebhookconfiguration", "netpol-guard", "--ignore-not-found");
      const left = (await namespaces()).filter((name) => !before.includes(name));
      if (left.length > 0) await succeed("delete", ...left, "--wait");
      await rm(home, { recursive: true, force: true });
    },
  };
};
