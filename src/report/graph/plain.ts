import { cidrsText } from "../../model/address-text.ts";
import type { ObjectRef } from "../../model/objects.ts";
import { noPorts, portsText } from "../../model/ports.ts";
import {
  EXTERNAL,
  type PathEdge,
  type Permit,
  type WorkloadGraph,
  type WorkloadNode,
} from "../../model/workload-graph.ts";
import type { PlaceOf, WrittenAt } from "./format.ts";

/** A Permit in words; ports as `portsText` has them, addresses as CIDRs. */
export type PlainPermit =
  | ({
      readonly by: "rule";
      readonly policy: ObjectRef;
      readonly path: string;
      readonly ports: string;
      readonly addresses?: string;
    } & Partial<WrittenAt>)
  | { readonly by: "not-selected" | "outside"; readonly ports: string }
  | ({
      readonly by: "undecided";
      readonly policy: ObjectRef;
      readonly reason: string;
      readonly ports: string;
    } & Partial<WrittenAt>);

/** An edge in words. */
export interface PlainEdge {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  /** Only where something cannot be told. */
  readonly unsure?: string;
  readonly egress: readonly PlainPermit[];
  readonly ingress: readonly PlainPermit[];
  readonly forbidden: readonly { readonly rule: string; readonly ports: string }[];
}

/** A node in words: a workload, or everything outside the cluster. */
export type PlainNode =
  | { readonly id: string; readonly type: "external" }
  | (Omit<WorkloadNode, "labels"> & {
      readonly type: "workload";
      readonly labels: Readonly<Record<string, string>>;
    });

/** So many blocks of a set of addresses are written out. */
const MOST_BLOCKS = 32;

/** A permit in words. */
export const plainPermit = (permit: Permit, placeOf: PlaceOf): PlainPermit => {
  const ports = portsText(permit.ports);
  switch (permit.kind) {
    case "rule": {
      const { policy, path, addresses } = permit;
      return {
        by: "rule",
        policy,
        path,
        ...placeOf(policy, path),
        ports,
        ...(addresses === undefined ? {} : { addresses: cidrsText(addresses, MOST_BLOCKS) }),
      };
    }
    case "undecided":
      return {
        by: "undecided",
        policy: permit.policy,
        reason: permit.reason,
        ...placeOf(permit.policy, ""),
        ports,
      };
    case "not-selected":
    case "outside":
      return { by: permit.kind, ports };
  }
};

/** An edge in words. */
export const plainEdge = ({ from, to, ports, unsure, permits, broken }: PathEdge, placeOf: PlaceOf): PlainEdge => ({
  from,
  to,
  ports: portsText(ports),
  ...(noPorts(unsure) ? {} : { unsure: portsText(unsure) }),
  egress: permits.egress.map((permit) => plainPermit(permit, placeOf)),
  ingress: permits.ingress.map((permit) => plainPermit(permit, placeOf)),
  forbidden: broken.map(({ rule, ports: banned }) => ({ rule, ports: portsText(banned) })),
});

const plainNode = ({ id, labels, policies, ...rest }: WorkloadNode): PlainNode => ({
  id,
  type: "workload",
  ...rest,
  labels: Object.fromEntries(labels),
  policies,
});

/** Whether any path leads out of the cluster, or in from there. */
export const hasExternal = ({ edges }: WorkloadGraph): boolean =>
  edges.some(({ from, to }) => from === EXTERNAL || to === EXTERNAL);

/** All nodes in words; `external` is the first where there is a path to or from it. */
export const plainNodes = (graph: WorkloadGraph): readonly PlainNode[] => [
  ...(hasExternal(graph) ? [{ id: EXTERNAL, type: "external" } as const] : []),
  ...graph.nodes.map(plainNode),
];

/** On which ports something passes, or may, in one line. */
export const edgePortsText = ({ ports, unsure }: PathEdge): string =>
  noPorts(unsure)
    ? portsText(ports)
    : noPorts(ports)
      ? `${portsText(unsure)} (undecided)`
      : `${portsText(ports)}, ${portsText(unsure)} (undecided)`;
