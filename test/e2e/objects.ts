import type { ControlPlane } from "../control-plane/start.ts";
import { succeed } from "./kubectl.ts";

type Labels = Readonly<Record<string, string>>;
type PolicyType = "Ingress" | "Egress";

/** A Namespace. */
export const namespace = (name: string, labels: Labels = {}): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

/** A Pod with one container. */
export const pod = (at: string, name: string, labels: Labels = {}, podSpec: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: at, name, labels },
  spec: { ...podSpec, containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] },
});

/** The template of such pods. */
export const podTemplate = (labels: Labels, podSpec: object = {}): object => ({
  metadata: { labels },
  spec: { ...podSpec, containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] },
});

const workload = (kind: string, at: string, name: string, labels: Labels = {}, podSpec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { namespace: at, name },
  spec: { selector: { matchLabels: { app: name } }, template: podTemplate({ app: name, ...labels }, podSpec) },
});

/** A Deployment of one such pod, labelled `app` with its name and with `labels`. */
export const deployment = (at: string, name: string, labels: Labels = {}, podSpec: object = {}): object =>
  workload("Deployment", at, name, labels, podSpec);

/** A DaemonSet of such pods, labelled `app` with its name. */
export const daemonSet = (at: string, name: string): object => workload("DaemonSet", at, name);

/** A NetworkPolicy. */
export const policy = (at: string, name: string, spec: object): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace: at, name },
  spec,
});

/** A policy that isolates every pod of its namespace. */
export const defaultDeny = (at: string, policyTypes: readonly PolicyType[] = ["Ingress", "Egress"]): object =>
  policy(at, "default-deny", { podSelector: {}, policyTypes });

/** Reports what a kubelet would of a pod that runs. */
export const markRunning = async (plane: ControlPlane, at: string, name: string, ip: string): Promise<void> => {
  const status = JSON.stringify({ status: { phase: "Running", podIP: ip, podIPs: [{ ip }] } });
  await succeed(plane, ["patch", "pod", name, "-n", at, "--subresource=status", "--type=merge", "-p", status]);
};
