import type { ControlPlaneBinaries } from "./binaries.ts";
import type { User } from "./credentials.ts";
import type { CommandResult } from "./kubectl.ts";
import type { ServerProcess } from "./server-process.ts";

/** What to start; by default etcd and kube-apiserver, with the admin user alone. */
export type ControlPlaneOptions = {
  readonly binaries?: ControlPlaneBinaries;
  /** Also kube-controller-manager: Deployments make pods, namespaces terminate. */
  readonly controllerManager?: boolean;
  /** Users beside `admin`; a right is theirs by RBAC only. */
  readonly users?: readonly User[];
  /** Keeps an audit log (level Metadata, with annotations). */
  readonly audit?: boolean;
  /** By default ServiceAccount: nobody makes the service accounts it asks for unless the controller manager runs. */
  readonly disabledAdmissionPlugins?: readonly string[];
  /** More flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
};

/** A running control plane on 127.0.0.1, whose servers end with this process at the latest. */
export type ControlPlane = {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** PEM; the server's certificate is valid for 127.0.0.1 under it. */
  readonly certificateAuthority: string;
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  kubeconfigFor(user: string): string;
  /** Runs kubectl, as the admin unless `user` is given. */
  kubectl(
    args: readonly string[],
    options?: { readonly input?: string; readonly user?: string },
  ): Promise<CommandResult>;
  /** The path of the audit log: JSON Lines of audit.k8s.io/v1 Events, the last maybe half-written. */
  readonly auditLog: string | undefined;
  readonly etcd: ServerProcess;
  readonly apiServer: ServerProcess;
  readonly controllerManager: ServerProcess | undefined;
  /** Ends the servers and removes their directory; a second call does nothing. */
  stop(): Promise<void>;
};
