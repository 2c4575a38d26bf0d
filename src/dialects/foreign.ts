/** A kind of policy that decides who reaches whom, in a language that no dialect compiles. */
export interface ForeignKind {
  readonly group: string;
  readonly kind: string;
  /** Plural name in API paths. */
  readonly resource: string;
}

/** A policy language that is not judged, or not all of it. */
export interface ForeignLanguage {
  /** Stable: part of the code of findings. */
  readonly id: string;
  /** As its users call it. */
  readonly name: string;
  readonly kinds: readonly ForeignKind[];
}

const calicoKinds = (group: string): readonly ForeignKind[] => [
  { group, kind: "NetworkPolicy", resource: "networkpolicies" },
  { group, kind: "GlobalNetworkPolicy", resource: "globalnetworkpolicies" },
];

const kubernetesKind = (kind: string, resource: string): ForeignKind => ({
  group: "policy.networking.k8s.io",
  kind,
  resource,
});

/**
 * Every language that is known and not judged, by the kinds whose objects decide: tiers, network sets and the like decide
 * nothing without them, and staged policies nothing at all. A dialect that compiles a kind takes it out of this list.
 */
export const FOREIGN_LANGUAGES: readonly ForeignLanguage[] = [
  // What is stored, and what Calico's own API server or its newer definitions serve.
  {
    id: "calico",
    name: "Calico",
    kinds: [...calicoKinds("crd.projectcalico.org"), ...calicoKinds("projectcalico.org")],
  },
  {
    id: "cilium",
    name: "Cilium",
    kinds: [
      { group: "cilium.io", kind: "CiliumNetworkPolicy", resource: "ciliumnetworkpolicies" },
      { group: "cilium.io", kind: "CiliumClusterwideNetworkPolicy", resource: "ciliumclusterwidenetworkpolicies" },
    ],
  },
  {
    id: "cluster-network-policy",
    name: "ClusterNetworkPolicy",
    kinds: [
      kubernetesKind("ClusterNetworkPolicy", "clusternetworkpolicies"),
      kubernetesKind("AdminNetworkPolicy", "adminnetworkpolicies"),
      kubernetesKind("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"),
    ],
  },
];

/** Every kind of these languages. */
export const FOREIGN_KINDS: readonly ForeignKind[] = FOREIGN_LANGUAGES.flatMap(({ kinds }) => kinds);

/** The kind of this API group (any version) and name; undefined if it is none of these languages. */
export const findForeignKind = (group: string, kind: string): ForeignKind | undefined =>
  FOREIGN_KINDS.find((known) => known.group === group && known.kind === kind);
