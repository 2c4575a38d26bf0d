import type { Direction, EndpointSelector, Peer, Policy, Rule } from "../model/policies.ts";
import type { NamedPort } from "../model/objects.ts";
import { intersectPorts, NO_PORTS, noPorts, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import { candidates } from "./candidates.ts";
import { looksLike, type EndpointClass } from "./endpoint-class.ts";
import type { Replacement } from "./overlay.ts";
import { isEverybody, mayBeOpen } from "./policy-facts.ts";
import { classReach, rulePorts, type End, type Reach } from "./reach.ts";
import type { ClusterState, EndpointSet } from "./state.ts";

/** A path that is asked about: whom, from whom, on which ports. */
export interface Path {
  readonly from: EndpointSelector;
  readonly to: EndpointSelector;
  readonly ports: PortSet;
}

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

/** Before, after and what lies between. */
export interface Transition {
  readonly before: ClusterState;
  readonly after: ClusterState;
  readonly change: Replacement;
  /** Called now and then; throws when the time for an answer is over. */
  readonly tick: () => void;
}

const CLOSED: Reach = { ports: NO_PORTS, unsure: NO_PORTS };

/** The ends of a path in both states. */
interface PathSets {
  readonly before: Readonly<Record<"from" | "to", EndpointSet>>;
  readonly after: Readonly<Record<"from" | "to", EndpointSet>>;
}

const setsOf = ({ before, after }: Transition, path: Path): PathSets => {
  const sets = (state: ClusterState): PathSets["before"] => ({ from: state.set(path.from), to: state.set(path.to) });
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

type Pairs = Iterable<readonly [EndpointClass, EndpointClass]>;

/** Every pair of the path with this class at the end that `direction` governs. */
function* pairsOf(state: ClusterState, sets: PathSets["after"], subject: EndpointClass, direction: Direction): Pairs {
  const [own, others] = direction === "egress" ? [sets.from, sets.to] : [sets.to, sets.from];
  if (!own.has(subject)) return;
  for (const other of candidates(state, subject, direction, others))
    yield direction === "egress" ? [subject, other] : [other, subject];
}

/** Whether anybody at all may match the peer without being named by a label or namespace. */
const mayNameAnybody = (state: ClusterState, peer: Peer): boolean => {
  switch (peer.kind) {
    case "endpoints":
      return isEverybody(peer.endpoints);
    case "addresses":
      return state.mayHold(peer.addresses);
    case "unknown":
      return true;
  }
};

/** Pairs that a rule which only allows can open: those of `subjects` that it has ports of the path on, with its peers. */
function* pairsOfRule(
  state: ClusterState,
  sets: PathSets["after"],
  rule: Rule,
  direction: Direction,
  subjects: readonly EndpointClass[],
): Pairs {
  if (rule.peers === undefined || rule.peers.some((peer) => mayNameAnybody(state, peer))) {
    for (const subject of subjects) yield* pairsOf(state, sets, subject, direction);
    return;
  }
  const others = direction === "egress" ? sets.to : sets.from;
  for (const peer of rule.peers)
    if (peer.kind === "endpoints")
      for (const other of state.select(peer.endpoints))
        if (others.has(other))
          for (const subject of subjects) yield direction === "egress" ? [subject, other] : [other, subject];
}

/** Those of `subjects` that a rule may open one of the ports for. */
const subjectsOpenAt = (
  ports: PortSet,
  rule: Rule,
  direction: Direction,
  subjects: readonly EndpointClass[],
): readonly EndpointClass[] => {
  if (rule.portNames.length === 0) return noPorts(intersectPorts(rule.ports, ports)) ? [] : subjects;
  // A name is a port of the destination's, which on egress is the other end.
  if (direction === "egress") return subjects;
  const known = new Map<readonly NamedPort[], boolean>();
  return subjects.filter((endpoint) => {
    const destination: End = { kind: "class", endpoint, address: undefined };
    const isOpen = known.get(endpoint.namedPorts) ?? !noPorts(intersectPorts(rulePorts(rule, destination), ports));
    known.set(endpoint.namedPorts, isOpen);
    return isOpen;
  });
};

/** Pairs that rules of a policy which only allows can open on the ports of the path. */
function* pairsAllowed(
  state: ClusterState,
  sets: PathSets["after"],
  path: Path,
  policy: Policy,
  direction: Direction,
): Pairs {
  const own = direction === "egress" ? sets.from : sets.to;
  const subjects: EndpointClass[] = [];
  for (const cls of state.select(policy.subject)) if (own.has(cls)) subjects.push(cls);
  for (const rule of subjects.length === 0 ? [] : (policy[direction] ?? [])) {
    if (rule.action !== "allow") continue;
    const open = subjectsOpenAt(path.ports, rule, direction, subjects);
    if (open.length > 0) yield* pairsOfRule(state, sets, rule, direction, open);
  }
}

const onlyAllows = (policy: Policy | undefined, direction: Direction): boolean =>
  policy === undefined ||
  (policy.problems.length === 0 &&
    (policy[direction] ?? []).every(({ action }) => action === "allow" || action === "log"));

/** Pairs that a change of one policy can open in a direction: what it allows now, and whom it isolates no more. */
function* pairsOfPolicy(
  { before, after, change }: Transition,
  sets: PathSets["after"],
  path: Path,
  direction: Direction,
): Pairs {
  const old = before.policy(change.ref);
  const now = after.policy(change.ref);
  const additive = onlyAllows(old, direction) && onlyAllows(now, direction);
  if (now?.[direction] !== undefined) {
    if (additive) yield* pairsAllowed(after, sets, path, now, direction);
    else for (const subject of after.select(now.subject)) yield* pairsOf(after, sets, subject, direction);
  }
  if (old?.[direction] === undefined) return;
  for (const subject of after.select(old.subject)) {
    const governing = after.governing(subject, direction);
    const leavesTier = !governing.some(({ tier }) => tier.name === old.tier.name);
    if (!additive || leavesTier || mayBeOpen(governing, direction)) yield* pairsOf(after, sets, subject, direction);
  }
}

function* touchedPairs(transition: Transition, sets: PathSets["after"], path: Path): Pairs {
  const { after, change } = transition;
  switch (change.type) {
    case "policy":
      yield* pairsOfPolicy(transition, sets, path, "ingress");
      yield* pairsOfPolicy(transition, sets, path, "egress");
      return;
    case "namespace":
      for (const cls of after.classesIn(change.ref.name))
        for (const direction of ["egress", "ingress"] as const) yield* pairsOf(after, sets, cls, direction);
      return;
    case "endpoint": {
      const cls = after.classOf(change.ref);
      if (cls === undefined) return;
      for (const direction of ["egress", "ingress"] as const) yield* pairsOf(after, sets, cls, direction);
    }
  }
}

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
