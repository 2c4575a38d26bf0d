import type { EndpointSelector } from "../model/policies.ts";
import { intersectPorts, NO_PORTS, noPorts, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import type { Path, Transition } from "./transition.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { classReach, type Reach } from "./reach.ts";
import type { ClusterState, EndpointSet } from "./state.ts";
import { touchedClasses } from "./touched.ts";

/** An endpoint that reaches no destination of a path on some ports after a change. The sets do not overlap. */
export interface Shortfall {
  readonly from: EndpointClass;
  /** Open to some destination before the change, and to none after it; all that is closed where it is new. */
  readonly closed: PortSet;
  /** Open before, and cannot be told after. */
  readonly unsure: PortSet;
  /** Closed, or in doubt, before and after. */
  readonly kept: PortSet;
}

/** On which ports an endpoint reaches at least one of the destinations; itself always. */
export const reachOfAny = (
  state: ClusterState,
  from: EndpointClass,
  destinations: EndpointSet,
  ports: PortSet,
  tick: () => void,
): Reach => {
  if (destinations.has(from)) return { ports, unsure: NO_PORTS };
  let open = NO_PORTS;
  let unsure = NO_PORTS;
  for (const to of destinations.classes()) {
    tick();
    const reach = classReach(state, from, to);
    open = unionPorts(open, intersectPorts(reach.ports, ports));
    unsure = unionPorts(unsure, intersectPorts(reach.unsure, ports));
    if (noPorts(subtractPorts(ports, open))) break;
  }
  return { ports: open, unsure: subtractPorts(unsure, open) };
};

/** A destination whose ingress a change touches: before it, and after it where it still is one. */
type Destination = readonly [was: EndpointClass, is: EndpointClass | undefined];

const touchedDestinations = (transition: Transition, to: EndpointSelector): readonly Destination[] => {
  const { before, after, change } = transition;
  const [then, now] = [before.set(to), after.set(to)];
  return touchedClasses(transition, "ingress").flatMap((cls): readonly Destination[] => {
    const was = after.origin(cls);
    if (was === undefined || !then.has(was)) return [];
    if (change.type === "policy" && after.governing(cls, "ingress").length === 0) return [];
    return [[was, now.has(cls) ? cls : undefined]];
  });
};

const isCutOff = (
  { before, after, tick }: Transition,
  from: EndpointClass,
  destinations: readonly Destination[],
  ports: PortSet,
): boolean => {
  const origin = after.origin(from);
  return (
    origin !== undefined &&
    destinations.some(([was, is]) => {
      tick();
      const then = intersectPorts(classReach(before, origin, was).ports, ports);
      return !noPorts(subtractPorts(then, is === undefined ? NO_PORTS : classReach(after, from, is).ports));
    })
  );
};

/** Sources that a change can have cut off: those it touches, and those that reached a destination it touches. */
function* touchedSources(transition: Transition, path: Path): Iterable<EndpointClass> {
  const sources = transition.after.set(path.from);
  const own = new Set(touchedClasses(transition, "egress"));
  for (const cls of own) if (sources.has(cls)) yield cls;
  const destinations = touchedDestinations(transition, path.to);
  if (destinations.length === 0) return;
  for (const cls of sources.classes())
    if (!own.has(cls) && isCutOff(transition, cls, destinations, path.ports)) yield cls;
}

const isEmpty = (set: EndpointSet): boolean => {
  for (const _ of set.classes()) return false;
  return true;
};

/**
 * Sources of a path that reach none of its destinations on some port after a change that touches them, hostNetwork ones
 * left out. Nothing falls short where there is no destination.
 */
export function* shortfalls(transition: Transition, path: Path): Iterable<Shortfall> {
  const { before, after, tick } = transition;
  const destinations = after.set(path.to);
  if (isEmpty(destinations)) return;
  for (const from of touchedSources(transition, path)) {
    if (from.hostNetwork) continue;
    const now = reachOfAny(after, from, destinations, path.ports, tick);
    const short = subtractPorts(path.ports, now.ports);
    if (noPorts(short)) continue;
    const origin = after.origin(from);
    const then =
      origin === undefined ? path.ports : reachOfAny(before, origin, before.set(path.to), path.ports, tick).ports;
    const lost = intersectPorts(short, then);
    yield {
      from,
      closed: subtractPorts(lost, now.unsure),
      unsure: intersectPorts(lost, now.unsure),
      kept: subtractPorts(short, then),
    };
  }
}
