import { intersectAddresses, noAddresses, type AddressSet } from "../model/addresses.ts";
import type { Direction, EndpointSelector } from "../model/policies.ts";
import { intersectPorts, noPorts, type PortSet } from "../model/ports.ts";
import type { Transition } from "./delta.ts";
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

/** Every class that a change opens to addresses of the path; hostNetwork ones, which nothing isolates, left out. */
export function* newlyOpenAddresses(transition: Transition, path: AddressPath): Iterable<AddressOpening> {
  const { before, after, tick } = transition;
  for (const endpoint of touchedClasses(transition, path.direction)) {
    tick();
    if (endpoint.hostNetwork) continue;
    const now = openTo(after, endpoint, path, tick);
    const opened = subtractGrants(now, openTo(before, after.origin(endpoint), path, tick), tick);
    if (opened.length > 0) yield { endpoint, opened };
  }
}
