import { join } from "node:path";
import { answersOk, readCertificateAuthority } from "./api-client.ts";
import type { ControlPlaneBinaries } from "./binaries.ts";
import type { Files } from "./files.ts";
import { apiServerFlags, controllerManagerFlags, etcdFlags } from "./flags.ts";
import { freePort } from "./ports.ts";
import type { ServerSpec } from "./server-process.ts";

/** The three servers as yet to be started, and where they will listen. */
export type Servers = {
  readonly server: string;
  readonly etcd: ServerSpec;
  readonly apiServer: ServerSpec;
  readonly controllerManager: ServerSpec | undefined;
};

/** How long etcd may take to say that it is healthy. */
const HEALTH_MS = 2_000;

const etcdSpec = (
  binaries: ControlPlaneBinaries,
  directory: string,
  clientPort: number,
  peerPort: number,
): ServerSpec => ({
  name: "etcd",
  command: binaries.etcd,
  args: etcdFlags({ data: join(directory, "etcd-data"), clientPort, peerPort }),
  directory,
  isReady: () =>
    fetch(`http://127.0.0.1:${String(clientPort)}/health`, { signal: AbortSignal.timeout(HEALTH_MS) }).then(
      ({ ok }) => ok,
      () => false,
    ),
});

/** Chooses free ports and puts together the servers over `files`. */
export const planServers = async (
  binaries: ControlPlaneBinaries,
  directory: string,
  files: Files,
  disabledAdmissionPlugins: readonly string[],
  moreFlags: readonly string[],
): Promise<Servers> => {
  const [clientPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const server = `https://127.0.0.1:${String(port)}`;
  const answers = async (path: string): Promise<boolean> => {
    const ca = await readCertificateAuthority(files.apiServer.certificates);
    return ca !== undefined && (await answersOk(`${server}${path}`, ca, files.adminToken));
  };
  return {
    server,
    etcd: etcdSpec(binaries, directory, clientPort, peerPort),
    apiServer: {
      name: "kube-apiserver",
      command: binaries.kubeApiserver,
      args: [...apiServerFlags(clientPort, port, files.apiServer, disabledAdmissionPlugins), ...moreFlags],
      directory,
      // The default namespace is made a moment after /readyz turns green.
      isReady: async () => (await answers("/readyz")) && (await answers("/api/v1/namespaces/default")),
    },
    controllerManager:
      binaries.kubeControllerManager === undefined
        ? undefined
        : {
            name: "kube-controller-manager",
            command: binaries.kubeControllerManager,
            args: controllerManagerFlags({
              kubeconfig: files.kubeconfigFor("system:kube-controller-manager"),
              serviceAccountKey: files.apiServer.serviceAccountKey,
              certificateAuthority: files.certificateAuthority,
            }),
            directory,
            // It serves no health without certificates of its own; a controller's work shows that controllers run.
            isReady: () => answers("/api/v1/namespaces/default/serviceaccounts/default"),
          },
  };
};
