import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCertificateAuthority } from "./api-client.ts";
import { type ControlPlaneBinaries, findControlPlane } from "./binaries.ts";
import { admin } from "./credentials.ts";
import { existingControlPlane } from "./existing.ts";
import { existingKubeconfig } from "./existing-kubeconfig.ts";
import { writeFiles } from "./files.ts";
import { startGuardian } from "./guardian.ts";
import { runKubectl } from "./kubectl.ts";
import type { ControlPlane, ControlPlaneOptions } from "./plane.ts";
import { ServerProcess } from "./server-process.ts";
import { planServers } from "./servers.ts";

export type { ControlPlane } from "./plane.ts";

const binariesFor = async (options: ControlPlaneOptions): Promise<ControlPlaneBinaries> => {
  const found = options.binaries ?? (await findControlPlane(options));
  if (typeof found === "string") throw new Error(found);
  if (options.controllerManager === true && found.kubeControllerManager === undefined) {
    throw new Error(`Expected kube-controller-manager in ${found.directory}, it is not there`);
  }
  return found;
};

/**
 * Starts the servers and waits until they are ready (seconds; minutes when they have to be built first); with
 * E2E_KUBECONFIG, the cluster that it names.
 */
export const startControlPlane = async (options: ControlPlaneOptions = {}): Promise<ControlPlane> => {
  const existing = existingKubeconfig(process.env);
  if (existing !== undefined) return existingControlPlane(existing, options);
  const binaries = await binariesFor(options);
  const directory = await mkdtemp(join(tmpdir(), "netpol-guard-control-plane-"));
  const guardian = startGuardian(directory);
  const running: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    // The last first: kube-apiserver without etcd would wait for it in vain.
    for (const server of running.reverse().splice(0)) await server.stop();
    await rm(directory, { recursive: true, force: true });
    guardian.release();
  };
  try {
    const files = writeFiles(directory, options.users ?? [], options.audit ?? false);
    const plan = await planServers(
      binaries,
      directory,
      files,
      options.disabledAdmissionPlugins ?? ["ServiceAccount"],
      options.apiServerFlags ?? [],
    );
    const start = async (spec: typeof plan.etcd): Promise<ServerProcess> => {
      const server = new ServerProcess(spec, guardian);
      running.push(server);
      await server.start();
      return server;
    };
    const etcd = await start(plan.etcd);
    const apiServer = await start(plan.apiServer);
    const certificateAuthority = (await readCertificateAuthority(files.apiServer.certificates)) ?? "";
    files.writeKubeconfigs(plan.server, certificateAuthority);
    const wanted = options.controllerManager === true ? plan.controllerManager : undefined;
    return {
      server: plan.server,
      certificateAuthority,
      kubeconfig: files.kubeconfigFor(admin.name),
      kubeconfigFor: (user) => files.kubeconfigFor(user),
      kubectl: (args, { input, user = admin.name } = {}) =>
        runKubectl(binaries.kubectl, args, { kubeconfig: files.kubeconfigFor(user), home: directory, input }),
      auditLog: files.apiServer.audit?.log,
      etcd,
      apiServer,
      controllerManager: wanted === undefined ? undefined : await start(wanted),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
