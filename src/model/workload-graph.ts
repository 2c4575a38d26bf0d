import type { AddressSet } from "./addresses.ts";
import type { ObjectRef } from "./objects.ts";
import type { Direction } from "./policies.ts";
import type { PortSet } from "./ports.ts";
import type { Labels } from "./selectors.ts";

/** The end of a path that stands for everything outside the cluster. A workload's id has slashes, so it is never this. */
export const EXTERNAL = "external";

/** Something that lets ports pass in one direction. */
export type Permit =
  /** A rule, or one peer of it. `addresses`: only these; absent where the other end is a workload. */
  | {
      readonly kind: "rule";
      readonly policy: ObjectRef;
      /** JSON path in the policy's manifest. */
      readonly path: string;
      readonly ports: PortSet;
      readonly addresses?: AddressSet;
    }
  /** No policy decides on them. */
  | { readonly kind: "not-selected"; readonly ports: PortSet }
  /** This end is outside the cluster, where no policy is. */
  | { readonly kind: "outside"; readonly ports: PortSet }
  /** May let them pass: the policy cannot be understood. */
  | { readonly kind: "undecided"; readonly policy: ObjectRef; readonly reason: string; readonly ports: PortSet };

/** A rule of the organisation that a path breaks. */
export interface BrokenRule {
  /** `type/name` of the rule. */
  readonly rule: string;
  readonly ports: PortSet;
}

/** What passes from one workload to another, or between a workload and the addresses outside. */
export interface PathEdge {
  /** The id of a node, or EXTERNAL. */
  readonly from: string;
  readonly to: string;
  readonly ports: PortSet;
  /** It cannot be told whether these pass. None of `ports` is among them. */
  readonly unsure: PortSet;
  /** Why, on each side: every rule that allows some of it, of the tier that decides. */
  readonly permits: Readonly<Record<Direction, readonly Permit[]>>;
  readonly broken: readonly BrokenRule[];
}

/** A workload as an end of paths. */
export interface WorkloadNode {
  /** `namespace/Kind/name`. */
  readonly id: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** How many pods of it there are; 0 if only its template is known. */
  readonly pods: number;
  /** Some of it shares its node's network, where no policy applies. */
  readonly hostNetwork: boolean;
  readonly serviceAccounts: readonly string[];
  /** Those that all of it has, those that controllers generate left out. */
  readonly labels: Labels;
  /** Which policies govern some of it. */
  readonly policies: Readonly<Record<Direction, readonly ObjectRef[]>>;
}

/** Who reaches whom in a cluster, by workload; nodes and edges sorted by their ids. */
export interface WorkloadGraph {
  readonly nodes: readonly WorkloadNode[];
  readonly edges: readonly PathEdge[];
}
