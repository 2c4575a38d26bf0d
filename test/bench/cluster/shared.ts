import { serialText } from "./object-meta.ts";
import { DEFAULT_DENY, DNS_EGRESS, namespaceManifest, policyManifest, tcp } from "./policies.ts";
import type { Tenant } from "./tenant.ts";
import { NAME_LABEL, workload, type Workload } from "./workload.ts";

/** So many workloads does one policy for all of the shared databases touch. */
export const SHARED_WORKLOADS = 50;

/** Pods of the cluster's name servers. */
export const DNS_PODS = 2;

/** The namespace of the databases that teams share. */
export const SHARED_NAMESPACE = "data-platform";

/** Labels of that namespace. */
const SHARED_LABELS: Readonly<Record<string, string>> = { team: "platform", tier: "database" };

/** Beyond the serials of all teams. */
const SERIALS = 90_000_000;

const storeName = (index: number): string => `store-${String(index).padStart(2, "0")}`;

const storeOf = (index: number, replicas: number): Workload =>
  workload(SHARED_NAMESPACE, storeName(index), "db", { owner: "StatefulSet", replicas, portName: "tcp", port: 3306 });

/** kube-dns, and a namespace of 50 database workloads with `pods` pods that a policy tells apart. */
export const shared = (pods: number): Tenant => {
  const stores = Array.from({ length: SHARED_WORKLOADS }, (_, index) =>
    storeOf(index, Math.ceil((pods - index) / SHARED_WORKLOADS)),
  );
  const dns: Workload = {
    ...workload("kube-system", "coredns", "dns", {
      owner: "ReplicaSet",
      replicas: DNS_PODS,
      portName: "dns",
      port: 53,
    }),
    labels: { "k8s-app": "kube-dns" },
  };
  const specs = {
    "default-deny": DEFAULT_DENY,
    replication: {
      podSelector: { matchExpressions: [{ key: NAME_LABEL, operator: "In", values: [storeName(0), storeName(1)] }] },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: { matchLabels: { [NAME_LABEL]: storeName(0) } } }], ports: [tcp(3306)] }],
      egress: [
        { to: [{ podSelector: { matchLabels: { [NAME_LABEL]: storeName(1) } } }], ports: [tcp(3306)] },
        DNS_EGRESS,
      ],
    },
  };
  return {
    workloads: [dns, ...stores],
    namespaces: () => [
      namespaceManifest("kube-system", {}, serialText(SERIALS)),
      namespaceManifest(SHARED_NAMESPACE, SHARED_LABELS, serialText(SERIALS + 1)),
    ],
    policies: () =>
      Object.entries(specs).map(([name, spec], index) =>
        policyManifest(SHARED_NAMESPACE, name, spec, serialText(SERIALS + index)),
      ),
  };
};
