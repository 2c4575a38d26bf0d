import type { NamedPort } from "../model/objects.ts";
import type { Direction, Peer, Policy, Rule } from "../model/policies.ts";
import { intersectPorts, noPorts, type PortSet } from "../model/ports.ts";
import { candidates } from "./candidates.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { isEverybody, mayBeOpen } from "./policy-facts.ts";
import { rulePorts, type End } from "./reach.ts";
import type { ClusterState, EndpointSet } from "./state.ts";
import type { Path, Transition } from "./transition.ts";

/** The ends of a path in one state. */
export type PathEnds = Readonly<Record<"from" | "to", EndpointSet>>;

type Pairs = Iterable<readonly [EndpointClass, EndpointClass]>;

/** Every pair of the path with this class at the end that `direction` governs. */
function* pairsOf(state: ClusterState, sets: PathEnds, subject: EndpointClass, direction: Direction): Pairs {
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
  sets: PathEnds,
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
function* pairsAllowed(state: ClusterState, sets: PathEnds, path: Path, policy: Policy, direction: Direction): Pairs {
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
  sets: PathEnds,
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

/** Pairs of the path that a change can have opened, as they are after it; some come more than once. */
export function* touchedPairs(transition: Transition, sets: PathEnds, path: Path): Pairs {
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
