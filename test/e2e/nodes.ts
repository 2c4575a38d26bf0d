import { setTimeout as pause } from "node:timers/promises";
import type { ControlPlane } from "../control-plane/start.ts";
import { type Api, connect, type Impersonated } from "./api.ts";
import { apply } from "./kubectl.ts";

/** Often enough that nobody waits for it, and little work for the API server. */
const LOOK_MS = 100;

/** The scheduler's user; it has its rights from the start. */
export const SCHEDULER: Impersonated = { user: "system:kube-scheduler" };

/** The user of a node's kubelet, whose rights `addNodes` gives. */
export const kubeletOf = (node: string): Impersonated => ({ user: `system:node:${node}`, group: "system:nodes" });

type Labels = Readonly<Record<string, string>>;

interface Node {
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec: { readonly unschedulable?: boolean };
}

interface Pod {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly nodeSelector?: Labels; readonly schedulingGates?: object };
  readonly status: { readonly phase: string };
}

/** Adds nodes by name, each in a pool, and lets kubelets do what kubelets do. */
export const addNodes = async (plane: ControlPlane, nodes: Readonly<Record<string, string>>): Promise<void> => {
  const items = Object.entries(nodes).map(([name, pool]) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { pool } },
  }));
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "nodes" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:nodes" }],
  };
  await apply(plane, binding, ...items);
};

const pathOf = ({ metadata: { namespace, name } }: Pod): string => `/api/v1/namespaces/${namespace}/pods/${name}`;

const isFit = ({ metadata, spec }: Node, pod: Pod): boolean =>
  spec.unschedulable !== true &&
  Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => metadata.labels?.[key] === value);

/** What kubelets do that tests decide. */
interface Play {
  /** Whether containers that were told to end have done so; by default they do at once. */
  readonly areEnded?: () => boolean;
}

/** Takes the next step of one pod: to a node, to Running with an address, or to its end. */
const step = async (
  api: Api,
  nodes: readonly Node[],
  pod: Pod,
  play: Required<Play>,
  address: () => string,
): Promise<void> => {
  const { nodeName } = pod.spec;
  const { namespace, name, deletionTimestamp } = pod.metadata;
  if (nodeName === undefined) {
    const node = nodes.find((candidate) => isFit(candidate, pod));
    if (node === undefined) return;
    const target = { apiVersion: "v1", kind: "Node", name: node.metadata.name };
    const binding = { apiVersion: "v1", kind: "Binding", metadata: { namespace, name }, target };
    await api.send("POST", `${pathOf(pod)}/binding`, binding, SCHEDULER);
  } else if (deletionTimestamp !== undefined) {
    if (play.areEnded()) await api.send("DELETE", pathOf(pod), { gracePeriodSeconds: 0 }, kubeletOf(nodeName));
  } else if (pod.status.phase === "Pending") {
    const podIP = address();
    const conditions = [{ type: "Ready", status: "True" }];
    const status = { phase: "Running", podIP, podIPs: [{ ip: podIP }], conditions };
    await api.send("PATCH", `${pathOf(pod)}/status`, { status }, kubeletOf(nodeName));
  }
};

/** Plays the scheduler and the kubelets of the nodes that there are, until it is told to stop. */
export const playNodes = async (
  plane: ControlPlane,
  { areEnded = () => true }: Play = {},
): Promise<() => Promise<void>> => {
  const api = await connect(plane);
  let addresses = 0;
  const address = (): string => {
    addresses += 1;
    return `10.244.${String(addresses >> 8)}.${String(addresses & 255)}`;
  };
  const stopped = new AbortController();
  const play = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const [nodes, pods] = await Promise.all([api.send("GET", "/api/v1/nodes"), api.send("GET", "/api/v1/pods")]);
      for (const pod of (pods.body.items ?? []) as readonly Pod[])
        await step(api, (nodes.body.items ?? []) as readonly Node[], pod, { areEnded }, address);
      await pause(LOOK_MS);
    }
  };
  const played = play();
  return async () => {
    stopped.abort();
    await played;
    api.close();
  };
};
