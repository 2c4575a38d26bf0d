import { hasAddress, type Address, type Family } from "../model/addresses.ts";
import type { Direction, Peer, Policy, Rule } from "../model/policies.ts";
import {
  ALL_PORTS,
  intersectPorts,
  NO_PORTS,
  noPorts,
  portRange,
  subtractPorts,
  unionPorts,
  type PortSet,
} from "../model/ports.ts";
import type { Truth } from "../model/selectors.ts";
import { matchesClass, type EndpointClass } from "./endpoint-class.ts";
import type { ClusterState, Governing } from "./state.ts";

/** One end of a path: endpoints of a class, with the address family of the packet, or an address outside. */
export type End =
  | { readonly kind: "class"; readonly endpoint: EndpointClass; readonly address: Address | undefined }
  | { readonly kind: "address"; readonly address: Address };

/** On which ports a new connection passes, and on which it cannot be told. The two do not overlap. */
export interface Reach {
  readonly ports: PortSet;
  readonly unsure: PortSet;
}

const EVERYTHING: Reach = { ports: ALL_PORTS, unsure: NO_PORTS };

/** Whether the peer names the other end. */
export const peerMatches = (peer: Peer, other: End): Truth => {
  switch (peer.kind) {
    case "endpoints":
      return other.kind === "class" ? matchesClass(peer.endpoints, other.endpoint) : false;
    case "addresses":
      return other.address !== undefined && hasAddress(peer.addresses, other.address);
    case "unknown":
      return undefined;
  }
};

/** Whether any peer of the rule names the other end. */
export const ruleMatches = (rule: Rule, other: End): Truth => {
  if (rule.peers === undefined) return true;
  let unknown = false;
  for (const peer of rule.peers) {
    const truth = peerMatches(peer, other);
    if (truth === true) return true;
    if (truth === undefined) unknown = true;
  }
  return unknown ? undefined : false;
};

/** The ports of a rule at a destination; port names resolve on endpoints of the pod network only. */
export const rulePorts = (rule: Rule, destination: End): PortSet => {
  if (rule.portNames.length === 0 || destination.kind === "address" || destination.endpoint.hostNetwork)
    return rule.ports;
  let ports = rule.ports;
  for (const wanted of rule.portNames)
    for (const { name, protocol, port } of destination.endpoint.namedPorts)
      if (name === wanted.name && protocol === wanted.protocol)
        ports = unionPorts(ports, portRange(protocol, port, port));
  return ports;
};

const subjectTruth = (policy: Policy, subject: EndpointClass): Truth =>
  policy.problems.length === 0 ? true : matchesClass(policy.subject, subject);

/** What has been decided so far, and what the rules still to come decide on. */
interface Decision {
  allowed: PortSet;
  unsure: PortSet;
  open: PortSet;
  /** Open ports that a rule may have allowed, or taken away, earlier: nobody can tell. */
  mayBeAllowed: PortSet;
  mayBeDenied: PortSet;
}

const allow = (decision: Decision, ports: PortSet): void => {
  decision.allowed = unionPorts(decision.allowed, subtractPorts(ports, decision.mayBeDenied));
  decision.unsure = unionPorts(decision.unsure, intersectPorts(ports, decision.mayBeDenied));
  decision.open = subtractPorts(decision.open, ports);
};

const deny = (decision: Decision, ports: PortSet): void => {
  decision.unsure = unionPorts(decision.unsure, intersectPorts(ports, decision.mayBeAllowed));
  decision.open = subtractPorts(decision.open, ports);
};

const doubt = (decision: Decision, action: Rule["action"], ports: PortSet): void => {
  if (action !== "deny") decision.mayBeAllowed = unionPorts(decision.mayBeAllowed, ports);
  if (action !== "allow") decision.mayBeDenied = unionPorts(decision.mayBeDenied, ports);
};

const passStage = (
  { tier, policies }: Governing[number],
  direction: Direction,
  ends: Ends,
  decision: Decision,
): void => {
  let passed = NO_PORTS;
  let governed = false;
  for (const policy of policies) {
    const selected = subjectTruth(policy, ends.subject);
    if (selected === true) governed = true;
    for (const rule of policy[direction] ?? []) {
      if (rule.action === "log") continue;
      const matches = selected === undefined ? undefined : ruleMatches(rule, ends.other);
      const ports = matches === false ? NO_PORTS : intersectPorts(rulePorts(rule, ends.destination), decision.open);
      if (noPorts(ports)) continue;
      if (matches === undefined) doubt(decision, rule.action, ports);
      else if (rule.action === "allow") allow(decision, ports);
      else if (rule.action === "deny") deny(decision, ports);
      else {
        passed = unionPorts(passed, ports);
        decision.open = subtractPorts(decision.open, ports);
      }
    }
  }
  if (tier.otherwise === "deny") {
    if (!governed) decision.mayBeAllowed = unionPorts(decision.mayBeAllowed, decision.open);
    deny(decision, decision.open);
  }
  decision.open = unionPorts(decision.open, passed);
};

interface Ends {
  readonly subject: EndpointClass;
  readonly other: End;
  readonly destination: End;
}

/** What one direction allows between its subject and the other end: tiers in order, until nothing is left open. */
export const directionReach = (state: ClusterState, subject: End, direction: Direction, other: End): Reach => {
  if (subject.kind === "address") return EVERYTHING;
  const governing = state.governing(subject.endpoint, direction);
  if (governing.length === 0) return EVERYTHING;
  const ends: Ends = { subject: subject.endpoint, other, destination: direction === "ingress" ? subject : other };
  const decision: Decision = {
    allowed: NO_PORTS,
    unsure: NO_PORTS,
    open: ALL_PORTS,
    mayBeAllowed: NO_PORTS,
    mayBeDenied: NO_PORTS,
  };
  for (const stage of governing) {
    passStage(stage, direction, ends, decision);
    if (noPorts(decision.open)) break;
  }
  allow(decision, decision.open);
  return { ports: decision.allowed, unsure: decision.unsure };
};

const bothAllow = (egress: Reach, ingress: Reach): Reach => {
  const ports = intersectPorts(egress.ports, ingress.ports);
  if (noPorts(egress.unsure) && noPorts(ingress.unsure)) return { ports, unsure: NO_PORTS };
  const possible = intersectPorts(unionPorts(egress.ports, egress.unsure), unionPorts(ingress.ports, ingress.unsure));
  return { ports, unsure: subtractPorts(possible, ports) };
};

/** What passes from one end to the other for packets of the addresses given. */
export const packetReach = (state: ClusterState, from: End, to: End): Reach => {
  const ingress = directionReach(state, to, "ingress", from);
  if (noPorts(ingress.ports) && noPorts(ingress.unsure)) return ingress;
  return bothAllow(directionReach(state, from, "egress", to), ingress);
};

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

const endOf = (endpoint: EndpointClass, family: Family | undefined): End => ({
  kind: "class",
  endpoint,
  address: endpoint.addresses.find((address) => address.family === family),
});

const hasFamily = ({ addresses }: EndpointClass, family: Family): boolean =>
  addresses.some((address) => address.family === family);

/** The packets by which two classes can talk, one for each family that both may have; a class without addresses may get any. */
export const endPairs = (from: EndpointClass, to: EndpointClass): readonly (readonly [End, End])[] => {
  if (from.addresses.length === 0 && to.addresses.length === 0) return [[endOf(from, undefined), endOf(to, undefined)]];
  return FAMILIES.filter(
    (family) =>
      (from.addresses.length === 0 || hasFamily(from, family)) && (to.addresses.length === 0 || hasFamily(to, family)),
  ).map((family) => [endOf(from, family), endOf(to, family)]);
};

/** On which ports the endpoints of one class reach those of another, by either address family; never a pod itself. */
export const classReach = (state: ClusterState, from: EndpointClass, to: EndpointClass): Reach => {
  let result: Reach | undefined;
  for (const [source, destination] of endPairs(from, to)) {
    const next = packetReach(state, source, destination);
    if (result === undefined) result = next;
    else {
      const ports = unionPorts(result.ports, next.ports);
      result = { ports, unsure: subtractPorts(unionPorts(result.unsure, next.unsure), ports) };
    }
  }
  return result ?? { ports: NO_PORTS, unsure: NO_PORTS };
};
