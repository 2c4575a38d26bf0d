type Map = Readonly<Record<string, string | null>>;

/** The part of `metadata` that network policies can see. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Map | null;
}

/** A label selector as written, perhaps not a valid one. */
export interface LabelSelector {
  readonly matchLabels?: Map | null;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[] | null;
      }[]
    | null;
}

/** A namespace as written. */
export interface Namespace {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
  readonly metadata: Metadata;
}

/** A container, or an init container, of a pod. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: string;
  readonly ports?:
    | readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[]
    | null;
}

/** A pod as written, with whatever status it has got so far. */
export interface Pod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: Metadata;
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[] | null;
  };
  readonly status?: {
    readonly phase?: string;
    readonly hostIP?: string;
    readonly hostIPs?: readonly { readonly ip: string }[];
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
}

/** One item of `from` or `to`. */
export interface Peer {
  readonly podSelector?: LabelSelector | null;
  readonly namespaceSelector?: LabelSelector | null;
  readonly ipBlock?: {
    readonly cidr: string;
    readonly except?: readonly string[] | null;
  } | null;
}

/** One item of `ports`. */
export interface PolicyPort {
  readonly protocol?: string | null;
  readonly port?: number | string | null;
  readonly endPort?: number | null;
}

/** One item of `ingress` (which has `from`) or `egress` (which has `to`). */
export interface Rule {
  readonly from?: readonly (Peer | null)[] | null;
  readonly to?: readonly (Peer | null)[] | null;
  readonly ports?: readonly (PolicyPort | null)[] | null;
}

/** The two directions, as `policyTypes` spells them. */
export type Direction = "Ingress" | "Egress";

/** The spec of a NetworkPolicy as written. */
export interface PolicySpec {
  readonly podSelector?: LabelSelector | null;
  readonly policyTypes?: readonly Direction[] | null;
  readonly ingress?: readonly (Rule | null)[] | null;
  readonly egress?: readonly (Rule | null)[] | null;
}

/** A NetworkPolicy as written. */
export interface NetworkPolicy {
  readonly apiVersion: string;
  readonly kind: "NetworkPolicy";
  readonly metadata: Metadata;
  readonly spec?: PolicySpec | null;
}

/** Any object that the reference evaluator reads. */
export type Manifest = Namespace | Pod | NetworkPolicy;
