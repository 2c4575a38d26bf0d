import { intersectPorts, NO_PORTS, noPorts, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import { looksLike, type EndpointClass } from "./endpoint-class.ts";
import { classReach, type Reach } from "./reach.ts";
import type { ClusterState } from "./state.ts";
import { touchedPairs, type PathEnds } from "./touched-pairs.ts";
import type { Path, Transition } from "./transition.ts";

/** A pair of classes of the state after a change, with what passes between them. The sets of ports do not overlap. */
export interface PairReach {
  readonly from: EndpointClass;
  readonly to: EndpointClass;
  /** Open after the change and not before. */
  readonly opened: PortSet;
  /** Open after the change, and before it too. */
  readonly kept: PortSet;
  /** Cannot be told after the change, and was closed before. */
  readonly unsure: PortSet;
}

const CLOSED: Reach = { ports: NO_PORTS, unsure: NO_PORTS };

/** The ends of a path in both states. */
interface PathSets {
  readonly before: PathEnds;
  readonly after: PathEnds;
}

const setsOf = ({ before, after }: Transition, path: Path): PathSets => {
  const sets = (state: ClusterState): PathEnds => ({ from: state.set(path.from), to: state.set(path.to) });
  return { before: sets(before), after: sets(after) };
};

const reachBefore = (transition: Transition, sets: PathSets, from: EndpointClass, to: EndpointClass): Reach => {
  const source = transition.after.origin(from);
  const destination = transition.after.origin(to);
  if (source === undefined || destination === undefined) return CLOSED;
  if (!sets.before.from.has(source) || !sets.before.to.has(destination)) return CLOSED;
  return classReach(transition.before, source, destination);
};

/** Whether there are two endpoints to make a pair: a template and the one pod that it makes are not. */
export const areTwo = (from: EndpointClass, to: EndpointClass): boolean => {
  if (from !== to && !looksLike(from, to)) return true;
  const [pods, size] = from === to ? [from.pods, from.size] : [from.pods + to.pods, from.size + to.size];
  return pods >= 2 || size - pods >= 2;
};

/** Compares one pair in both states; undefined if nothing of the path passes, or can be in doubt, after the change. */
const comparePair = (
  transition: Transition,
  sets: PathSets,
  path: Path,
  from: EndpointClass,
  to: EndpointClass,
): PairReach | undefined => {
  if (!areTwo(from, to)) return undefined;
  if (from.hostNetwork || to.hostNetwork) return undefined;
  const now = classReach(transition.after, from, to);
  const ports = intersectPorts(now.ports, path.ports);
  const unsure = intersectPorts(now.unsure, path.ports);
  if (noPorts(ports) && noPorts(unsure)) return undefined;
  const then = reachBefore(transition, sets, from, to);
  return {
    from,
    to,
    opened: subtractPorts(subtractPorts(ports, then.ports), then.unsure),
    kept: intersectPorts(ports, unionPorts(then.ports, then.unsure)),
    unsure: subtractPorts(unsure, unionPorts(then.ports, then.unsure)),
  };
};

/**
 * Every pair of classes, with its ports, that the path holds after the change and the change can have opened; each
 * once. What is reported as `opened` was closed before, or fell outside the path.
 */
export function* newlyReachable(transition: Transition, path: Path): Iterable<PairReach> {
  const sets = setsOf(transition, path);
  const seen = new Map<EndpointClass, Set<EndpointClass>>();
  for (const [from, to] of touchedPairs(transition, sets.after, path)) {
    transition.tick();
    const known = seen.get(from);
    if (known?.has(to) === true) continue;
    if (known === undefined) seen.set(from, new Set([to]));
    else known.add(to);
    const pair = comparePair(transition, sets, path, from, to);
    if (pair !== undefined) yield pair;
  }
}
