import type { Address } from "./addresses.ts";
import type { Labels } from "./selectors.ts";

/** Which object of a cluster is meant; `namespace` is "" for a cluster-scoped one. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The object as messages name it: `NetworkPolicy shop/open-db`. */
export const refText = (ref: ObjectRef): string =>
  ref.namespace === "" ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;

/** A key that is unique among the objects of a cluster. */
export const refKey = (ref: ObjectRef): string => `${ref.kind}/${ref.namespace}/${ref.name}`;

/** Whether two references name one object. */
export const isSameRef = (a: ObjectRef, b: ObjectRef): boolean =>
  a === b || (a.name === b.name && a.namespace === b.namespace && a.kind === b.kind);

/** A namespace, as far as judging needs it. */
export interface Namespace {
  readonly name: string;
  /** Always with `kubernetes.io/metadata.name` equal to the name. */
  readonly labels: Labels;
  readonly terminating: boolean;
}

/** The label that the API server sets on every namespace. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

/** A namespace that no object defines: it has only its name label. */
export const impliedNamespace = (name: string): Namespace => ({
  name,
  labels: new Map([[NAMESPACE_NAME_LABEL, name]]),
  terminating: false,
});

/** A named port of a container or restartable init container. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
}

/** A reference to the workload that made a pod. */
export interface Owner {
  /** Its API group; "" for the core one. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** How far a pod has come; finished ones (Succeeded, Failed) are not endpoints, nor are workloads that others made. */
export type Phase = "pending" | "running" | "finished";

/** A pod (or, later, a workload's template) as an end of paths. */
export interface Endpoint {
  readonly ref: ObjectRef;
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** Shares its node's network: policies do not apply to it. */
  readonly hostNetwork: boolean;
  readonly phase: Phase;
  readonly terminating: boolean;
  /** A static pod's image in the API: its containers run whatever the answer is. */
  readonly mirror: boolean;
  /** None while the pod has not been given one; one or one of each family then. */
  readonly addresses: readonly Address[];
  readonly namedPorts: readonly NamedPort[];
  /** The node it runs on; "" before it is scheduled. */
  readonly node: string;
  /** That node's own addresses, as the pod reports them. */
  readonly nodeAddresses: readonly Address[];
  /** Of a workload's template; "" for a pod, which nothing refers to by it. */
  readonly uid: string;
  /** The controller that it refers to; undefined if it refers to none. Anyone can write such a reference. */
  readonly owner: Owner | undefined;
  /** `Kind/name` of what made it, by its controller reference: the Deployment above a ReplicaSet. Its own, if nothing did. */
  readonly workload: string;
}
