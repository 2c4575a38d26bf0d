import { defaultDeny, deployment, namespace, pod, policy } from "../objects.ts";

/** A request, with the entry of the registration that it belongs to. */
export interface Asked {
  readonly what: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly input?: object;
  /** It passes while no guard answers, whatever becomes of others. */
  readonly always?: true;
}

const named = (name: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const PORTS = [{ protocol: "TCP", port: 3306 }];
const out = (at: string): object =>
  policy(at, "out", {
    podSelector: { matchLabels: { app: "client" } },
    policyTypes: ["Egress"],
    egress: [{ to: [named("data")], ports: PORTS }],
  });
const into = policy("data", "in", {
  podSelector: { matchLabels: { role: "db" } },
  policyTypes: ["Ingress"],
  ingress: [{ from: [{ namespaceSelector: {} }], ports: PORTS }],
});

/** A database that every `client` of two namespaces would reach; one of them is a frontend, and has none yet. */
export const worldOfStages = (): readonly object[] => [
  ...[namespace("front", { tier: "frontend" }), namespace("back"), namespace("data"), namespace("calico-system")],
  ...["front", "back", "data"].map((at) => defaultDeny(at)),
  ...[out("front"), out("back"), into],
  ...[deployment("data", "db", { role: "db" }), deployment("back", "client"), pod("front", "other")],
];

const CREATE = ["create", "-f", "-"];
const CLIENT = { app: "client" };

/** Requests that break a rule of the shipped configuration, one for each entry that judges by rules. */
export const ASKED: readonly Asked[] = [
  {
    what: "a policy that lets everybody in",
    entry: "policies",
    args: CREATE,
    input: policy("data", "open", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] }),
  },
  { what: "a workload of the frontend", entry: "workloads", args: CREATE, input: deployment("front", "client") },
  { what: "a pod of the frontend", entry: "pods", args: CREATE, input: pod("front", "client", CLIENT) },
  { what: "a label of a pod", entry: "pods", args: ["label", "pod", "other", "-n", "front", "app=client"] },
  { what: "a label of a namespace", entry: "labels", args: ["label", "namespace", "back", "tier=frontend"] },
];

/** A configuration of the guard that would not load; nobody is kept from changing it while no guard answers. */
export const CONFIGURED: Asked = {
  what: "the guard's configuration",
  entry: "config",
  args: CREATE,
  input: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "netpol-guard", name: "netpol-guard-config" },
    data: { "config.yaml": "rules: none" },
  },
};

const PLUG_IN = pod("calico-system", "node", {}, { hostNetwork: true });
const AS_CONTROLLER = ["--as", "system:serviceaccount:kube-system:daemon-set-controller"];
const GROUPS = ["--as-group", "system:serviceaccounts", "--as-group", "system:serviceaccounts:kube-system"];

/** What goes on while no guard answers, whatever else waits. */
export const ALWAYS_PASSES: readonly Asked[] = [
  { what: "the end of a pod", entry: "pods", args: ["delete", "pod", "other", "-n", "front"], always: true },
  {
    what: "a pod of a network plug-in, made by a controller",
    entry: "pods",
    args: [...CREATE, ...AS_CONTROLLER, ...GROUPS],
    input: PLUG_IN,
    always: true,
  },
  {
    what: "a pod of the guard",
    entry: "pods",
    args: CREATE,
    input: pod("netpol-guard", "one"),
    always: true,
  },
];
