import { ALL_ADDRESSES, intersectAddresses, noAddresses, unionOfAddresses } from "../model/addresses.ts";
import type { Direction } from "../model/policies.ts";
import {
  ALL_PORTS,
  intersectPorts,
  noPorts,
  NO_PORTS,
  subtractPorts,
  unionOfPorts,
  type PortSet,
} from "../model/ports.ts";
import type { Permit } from "../model/workload-graph.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { addressReach, blockGrants, subtractGrants, type BlockGrant, type Grant } from "./grants.ts";
import { mergePermits, undecidedPermits, UNSELECTED } from "./permits.ts";
import type { ClusterState } from "./state.ts";

/** What passes between a class and addresses outside, and what lets it, on the side of the class. */
export interface OutsideReach {
  /** Boxes that do not overlap. */
  readonly open: readonly Grant[];
  readonly ports: PortSet;
  /** A policy that cannot be understood may open these. */
  readonly unsure: PortSet;
  readonly permits: readonly Permit[];
}

const OPEN: OutsideReach = {
  open: [{ ports: ALL_PORTS, addresses: ALL_ADDRESSES }],
  ports: ALL_PORTS,
  unsure: NO_PORTS,
  permits: UNSELECTED,
};

/** What is left of a block's grant once all tiers have had their say. */
const effective = ({ policy, path, ports, addresses }: BlockGrant, open: readonly Grant[]): readonly Permit[] => {
  const parts = open
    .map((box) => ({
      ports: intersectPorts(box.ports, ports),
      addresses: intersectAddresses(box.addresses, addresses),
    }))
    .filter((part) => !noPorts(part.ports) && !noAddresses(part.addresses));
  if (parts.length === 0) return [];
  return [
    {
      kind: "rule",
      policy: policy.ref,
      path,
      ports: unionOfPorts(parts.map((part) => part.ports)),
      addresses: unionOfAddresses(parts.map((part) => part.addresses)),
    },
  ];
};

/** No deadline: a map is drawn of files that somebody waits for. */
const untimed = (): void => undefined;

/** What is open to addresses outside in one direction of a class, and why. */
export const outsideReach = (state: ClusterState, cls: EndpointClass, direction: Direction): OutsideReach => {
  const governing = state.governing(cls, direction);
  if (governing.length === 0) return OPEN;
  const policies = governing.flatMap((stage) => stage.policies);
  const open = addressReach(state, cls, direction, untimed);
  const grants = blockGrants(policies, direction, cls);
  const ports = unionOfPorts(open.map((box) => box.ports));
  const unsure = policies.some(({ problems }) => problems.length > 0) ? subtractPorts(ALL_PORTS, ports) : NO_PORTS;
  const undecided = unionOfPorts(subtractGrants(open, grants, untimed).map((box) => box.ports));
  return {
    open,
    ports,
    unsure,
    permits: [
      ...grants
        .flatMap((grant) => effective(grant, open))
        .reduce<readonly Permit[]>((sum, permit) => mergePermits(sum, [permit]), []),
      ...(noPorts(undecided) ? [] : [{ kind: "not-selected" as const, ports: undecided }]),
      ...undecidedPermits(governing, unsure),
    ],
  };
};
