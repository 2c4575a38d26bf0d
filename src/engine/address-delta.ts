import { intersectAddresses, noAddresses, type AddressSet } from "../model/addresses.ts";
import type { Direction, EndpointSelector, Policy } from "../model/policies.ts";
import { intersectPorts, noPorts, type PortSet } from "../model/ports.ts";
import type { Transition } from "./transition.ts";
import { matchesAnyNetwork, type EndpointClass } from "./endpoint-class.ts";
import { addressReach, subtractGrants, type Grant } from "./grants.ts";
import type { ClusterState } from "./state.ts";
import { touchedClasses } from "./touched.ts";

/** What endpoints and addresses outside are asked about; `direction` is the endpoints' own. */
export interface AddressPath {
  readonly endpoints: EndpointSelector;
  readonly direction: Direction;
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

/** An endpoint that a change opens to addresses. */
export interface AddressOpening {
  readonly endpoint: EndpointClass;
  /** Open after the change and not before: boxes that do not overlap. */
  readonly opened: readonly Grant[];
  /** There may be more than that: a policy that cannot be understood has come to govern it. */
  readonly unsure: boolean;
}

const openTo = (
  state: ClusterState,
  cls: EndpointClass | undefined,
  path: AddressPath,
  tick: () => void,
): readonly Grant[] =>
  cls === undefined || matchesAnyNetwork(path.endpoints, cls) !== true
    ? []
    : addressReach(state, cls, path.direction, tick)
        .map(({ ports, addresses }) => ({
          ports: intersectPorts(ports, path.ports),
          addresses: intersectAddresses(addresses, path.addresses),
        }))
        .filter(({ ports, addresses }) => !noPorts(ports) && !noAddresses(addresses));

const unclear = (state: ClusterState, cls: EndpointClass | undefined, direction: Direction): ReadonlySet<Policy> =>
  new Set(
    cls === undefined
      ? []
      : state
          .governing(cls, direction)
          .flatMap(({ policies }) => policies.filter(({ problems }) => problems.length > 0)),
  );

/** Every class that a change opens to addresses of the path; hostNetwork ones, which nothing isolates, left out. */
export function* newlyOpenAddresses(transition: Transition, path: AddressPath): Iterable<AddressOpening> {
  const { before, after, tick } = transition;
  for (const endpoint of touchedClasses(transition, path.direction)) {
    tick();
    if (endpoint.hostNetwork) continue;
    const origin = after.origin(endpoint);
    const opened = subtractGrants(openTo(after, endpoint, path, tick), openTo(before, origin, path, tick), tick);
    const doubts = unclear(after, endpoint, path.direction).difference(unclear(before, origin, path.direction));
    const unsure = doubts.size > 0 && matchesAnyNetwork(path.endpoints, endpoint) === true;
    if (opened.length > 0 || unsure) yield { endpoint, opened, unsure };
  }
}
