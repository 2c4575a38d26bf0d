import type { Direction, EndpointSelector } from "../model/policies.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { mayBeOpen, namedPeers } from "./policy-facts.ts";
import type { ClusterState, EndpointSet } from "./state.ts";

const OPPOSITE: Readonly<Record<Direction, Direction>> = { ingress: "egress", egress: "ingress" };

/** Whom the subject's own policies may let it talk to; undefined when that may be anybody. */
const ownPeers = (
  state: ClusterState,
  subject: EndpointClass,
  direction: Direction,
): readonly EndpointSelector[] | undefined => {
  const governing = state.governing(subject, direction);
  if (mayBeOpen(governing, direction)) return undefined;
  return governing.flatMap(({ policies }) => policies.flatMap((policy) => namedPeers(policy, direction)));
};

/** How many `open` are looked at before the estimates of peers are compared with them. */
const countUpTo = (classes: Iterable<EndpointClass>, limit: number): number => {
  let count = 0;
  for (const _ of classes) if (++count >= limit) break;
  return count;
};

function* fromOwnSide(
  state: ClusterState,
  peers: readonly EndpointSelector[],
  others: EndpointSet,
): Iterable<EndpointClass> {
  for (const peer of peers) for (const other of state.select(peer)) if (others.has(other)) yield other;
}

function* fromOtherSide(
  state: ClusterState,
  subject: EndpointClass,
  direction: Direction,
  others: EndpointSet,
): Iterable<EndpointClass> {
  yield* others.open(OPPOSITE[direction]);
  for (const policy of state.naming(subject, OPPOSITE[direction]))
    for (const other of state.select(policy.subject)) if (others.has(other)) yield other;
}

/**
 * Those of `others` that may talk with the subject, when `direction` is the subject's own: a superset, found from
 * whichever side names fewer. Some come more than once.
 */
export const candidates = (
  state: ClusterState,
  subject: EndpointClass,
  direction: Direction,
  others: EndpointSet,
): Iterable<EndpointClass> => {
  const peers = ownPeers(state, subject, direction);
  if (peers === undefined) return fromOtherSide(state, subject, direction, others);
  const cost = peers.reduce((sum, peer) => sum + state.estimate(peer), 0);
  return countUpTo(others.open(OPPOSITE[direction]), cost) < cost
    ? fromOtherSide(state, subject, direction, others)
    : fromOwnSide(state, peers, others);
};
