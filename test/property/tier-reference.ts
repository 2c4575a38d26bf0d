import { hasAddress, type Address } from "../../src/model/addresses.ts";
import type { Direction, EndpointSelector, Peer, Policy } from "../../src/model/policies.ts";
import { hasPort } from "../../src/model/ports.ts";
import { matchesLabels, type Labels } from "../../src/model/selectors.ts";

/** One end of a packet; labels are those of a pod, an address outside has none. */
export interface PacketEnd {
  readonly labels: Labels | undefined;
  readonly address: Address | undefined;
}

const names = (selector: EndpointSelector, labels: Labels | undefined): boolean =>
  labels !== undefined && matchesLabels(selector.pods, labels) === true;

const peerIs = (peer: Peer, { labels, address }: PacketEnd, unknown: boolean): boolean =>
  peer.kind === "unknown"
    ? unknown
    : peer.kind === "endpoints"
      ? names(peer.endpoints, labels)
      : address !== undefined && hasAddress(peer.addresses, address);

/** What one direction decides: tiers by order and name, policies by order and name, rules as written. */
const decide = (
  policies: readonly Policy[],
  direction: Direction,
  [subject, other]: readonly [PacketEnd, PacketEnd],
  [protocol, port]: readonly [number, number],
  unknown: (peer: Peer) => boolean,
): boolean => {
  if (subject.labels === undefined) return true;
  const governing = policies.filter(
    (policy) => policy[direction] !== undefined && names(policy.subject, subject.labels),
  );
  const inOrder = governing.toSorted(
    (a, b) =>
      a.tier.order - b.tier.order ||
      a.tier.name.localeCompare(b.tier.name) ||
      a.order - b.order ||
      a.ref.name.localeCompare(b.ref.name),
  );
  for (const [, policiesOfTier] of Map.groupBy(inOrder, ({ tier }) => tier.name)) {
    const rules = policiesOfTier.flatMap((policy) => policy[direction] ?? []);
    const matching = rules.find(
      ({ action, peers, ports }) =>
        action !== "log" &&
        hasPort(ports, protocol, port) &&
        (peers?.some((peer) => peerIs(peer, other, unknown(peer))) ?? true),
    );
    const action = matching?.action ?? policiesOfTier[0]?.tier.otherwise;
    if (action !== "pass") return action === "allow";
  }
  return true;
};

/** Every answer that the policies may mean, trying all that a peer that cannot be understood may be. */
export const answers = (
  policies: readonly Policy[],
  [from, to]: readonly [PacketEnd, PacketEnd],
  at: readonly [number, number],
): ReadonlySet<boolean> => {
  const odd = policies
    .flatMap(({ ingress, egress }) => [...(ingress ?? []), ...(egress ?? [])])
    .flatMap(({ peers }) => peers ?? [])
    .filter(({ kind }) => kind === "unknown");
  const meanings = Array.from({ length: 2 ** odd.length }, (_, bits) => (peer: Peer): boolean => {
    const bit = odd.indexOf(peer);
    return bit >= 0 && ((bits >> bit) & 1) === 1;
  });
  return new Set(
    meanings.map(
      (unknown) =>
        decide(policies, "egress", [from, to], at, unknown) && decide(policies, "ingress", [to, from], at, unknown),
    ),
  );
};
