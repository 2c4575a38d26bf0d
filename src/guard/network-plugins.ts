/** A network plug-in by the DaemonSet that it runs as on every node. */
export interface NetworkPlugin {
  readonly name: string;
  /** Where its makers install it: names of namespaces that no tenant makes. */
  readonly namespaces: readonly string[];
  /** Names of the DaemonSet. */
  readonly daemonSets: readonly string[];
  /** Whether it enforces NetworkPolicy as it is installed; "by setting": nothing that is watched tells. */
  readonly enforces: "always" | "never" | "by setting";
  /** What that hangs on. */
  readonly note?: string;
}

const SYSTEM = ["kube-system"];

/** The plug-ins that are known, each by its makers' own manifests. */
export const NETWORK_PLUGINS: readonly NetworkPlugin[] = [
  {
    name: "Calico",
    namespaces: ["kube-system", "calico-system"],
    daemonSets: ["calico-node"],
    enforces: "always",
  },
  { name: "Canal", namespaces: SYSTEM, daemonSets: ["canal", "rke2-canal"], enforces: "always" },
  { name: "Cilium", namespaces: SYSTEM, daemonSets: ["cilium"], enforces: "always" },
  { name: "GKE Dataplane V2", namespaces: SYSTEM, daemonSets: ["anetd"], enforces: "always" },
  { name: "Antrea", namespaces: SYSTEM, daemonSets: ["antrea-agent"], enforces: "always" },
  { name: "Kube-router", namespaces: SYSTEM, daemonSets: ["kube-router"], enforces: "always" },
  { name: "Weave Net", namespaces: SYSTEM, daemonSets: ["weave-net"], enforces: "always" },
  { name: "Romana", namespaces: SYSTEM, daemonSets: ["romana-agent"], enforces: "always" },
  {
    name: "OVN-Kubernetes",
    namespaces: ["ovn-kubernetes", "openshift-ovn-kubernetes"],
    daemonSets: ["ovnkube-node"],
    enforces: "always",
  },
  { name: "Kube-OVN", namespaces: SYSTEM, daemonSets: ["kube-ovn-cni"], enforces: "always" },
  { name: "Azure NPM", namespaces: SYSTEM, daemonSets: ["azure-npm"], enforces: "always" },
  { name: "kube-network-policies", namespaces: SYSTEM, daemonSets: ["kube-network-policies"], enforces: "always" },
  {
    name: "Flannel",
    namespaces: ["kube-flannel", "kube-system"],
    daemonSets: ["kube-flannel-ds", "kube-flannel", "flannel"],
    enforces: "never",
    note: "unless kube-network-policies runs in its pods (netpol.enabled of its chart)",
  },
  {
    name: "AWS VPC CNI",
    namespaces: SYSTEM,
    daemonSets: ["aws-node"],
    enforces: "by setting",
    note: "where its network policy agent is switched on (enableNetworkPolicy)",
  },
  {
    name: "kindnet",
    namespaces: SYSTEM,
    daemonSets: ["kindnet"],
    enforces: "by setting",
    note: "from kind 0.24 on",
  },
  {
    name: "Terway",
    namespaces: SYSTEM,
    daemonSets: ["terway", "terway-eniip"],
    enforces: "by setting",
    note: "where its NetworkPolicy feature is switched on",
  },
];
