import {
  ALL_ADDRESSES,
  intersectAddresses,
  noAddresses,
  subtractAddresses,
  type AddressSet,
} from "../model/addresses.ts";
import type { NamedPort, Namespace } from "../model/objects.ts";
import type { Direction, Policy, Rule } from "../model/policies.ts";
import { ALL_PORTS, hasPort, intersectPorts, noPorts, portsText, subtractPorts, type PortSet } from "../model/ports.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { rulesOf } from "./policy-facts.ts";
import { rulePorts, type End } from "./reach.ts";
import type { ClusterState } from "./state.ts";

/** Addresses that may be talked with on certain ports: a box in ports × addresses. */
export interface Grant {
  readonly ports: PortSet;
  readonly addresses: AddressSet;
}

/** A grant as one ipBlock, or a rule without peers, gives it. */
export interface BlockGrant extends Grant {
  readonly policy: Policy;
  /** JSON path of the ipBlock, or of the rule. */
  readonly path: string;
}

/** Whether a rule speaks of everybody, or of addresses. */
export const speaksOfAddresses = (rule: Rule): boolean =>
  rule.peers === undefined || rule.peers.some(({ kind }) => kind === "addresses");

const grantsOfRule = (policy: Policy, rule: Rule, destination: End): readonly BlockGrant[] => {
  if (!speaksOfAddresses(rule)) return [];
  const ports = rulePorts(rule, destination);
  if (noPorts(ports)) return [];
  if (rule.peers === undefined) return [{ policy, path: rule.path, ports, addresses: ALL_ADDRESSES }];
  return rule.peers.flatMap((peer) =>
    peer.kind === "addresses" ? [{ policy, path: peer.path, ports, addresses: peer.addresses }] : [],
  );
};

const outside: End = { kind: "address", address: { family: "ipv4", value: 0 } };

/** What policies allow by address to or from one endpoint, block by block. */
export const blockGrants = (
  policies: Iterable<Policy>,
  direction: Direction,
  subject: EndpointClass,
): readonly BlockGrant[] => {
  const destination: End = direction === "ingress" ? { kind: "class", endpoint: subject, address: undefined } : outside;
  const grants: BlockGrant[] = [];
  for (const policy of policies)
    for (const rule of policy[direction] ?? [])
      if (rule.action === "allow") grants.push(...grantsOfRule(policy, rule, destination));
  return grants;
};

/** Port numbers that no rule of the policies names by number, for port names of a pod that is only imagined. */
const unusedPort = (rules: readonly Rule[], protocol: number, taken: ReadonlySet<number>): number => {
  for (let port = 65535; port > 0; port--)
    if (!taken.has(port) && !rules.some((rule) => !rule.ports.rest && hasPort(rule.ports, protocol, port))) return port;
  return 65535;
};

/** A pod that policies of a namespace might select: it has every port name of theirs, each on a port of its own. */
export const imaginedSubject = (policies: readonly Policy[], namespace: Namespace): EndpointClass => {
  const rules = policies.flatMap(rulesOf);
  const namedPorts: NamedPort[] = [];
  const taken = new Set<number>();
  for (const { name, protocol } of rules.flatMap((rule) => rule.portNames)) {
    if (namedPorts.some((known) => known.name === name && known.protocol === protocol)) continue;
    const port = unusedPort(rules, protocol, taken);
    taken.add(port);
    namedPorts.push({ name, protocol, port });
  }
  return {
    namespace,
    serviceAccount: "default",
    hostNetwork: false,
    mirror: false,
    labels: new Map(),
    namedPorts,
    addresses: [],
    size: 0,
    pods: 0,
    members: () => [],
    identities: () => [],
  };
};

/** The coarsest parts of all ports that no set tells apart. Cost grows with the square of the distinct sets. */
export const portSegments = (sets: readonly PortSet[], tick: () => void): readonly PortSet[] => {
  let segments: readonly PortSet[] = [ALL_PORTS];
  for (const set of new Map(sets.map((ports) => [portsText(ports), ports])).values()) {
    tick();
    segments = segments.flatMap((segment) =>
      [intersectPorts(segment, set), subtractPorts(segment, set)].filter((part) => !noPorts(part)),
    );
  }
  return segments;
};

/** The part of `boxes` that is in none of `taken`. */
export const subtractGrants = (boxes: readonly Grant[], taken: readonly Grant[], tick: () => void): readonly Grant[] =>
  taken.reduce<readonly Grant[]>((left, { ports, addresses }) => {
    tick();
    return left.flatMap((box) => {
      const shared = intersectPorts(box.ports, ports);
      if (noPorts(shared) || noAddresses(intersectAddresses(box.addresses, addresses))) return [box];
      return [
        { ports: subtractPorts(box.ports, ports), addresses: box.addresses },
        { ports: shared, addresses: subtractAddresses(box.addresses, addresses) },
      ].filter((part) => !noPorts(part.ports) && !noAddresses(part.addresses));
    });
  }, boxes);

/** What one direction of an endpoint is open to by address, whatever the language: boxes that do not overlap. */
export const addressReach = (
  state: ClusterState,
  subject: EndpointClass,
  direction: Direction,
  tick: () => void,
): readonly Grant[] => {
  let open: readonly Grant[] = [{ ports: ALL_PORTS, addresses: ALL_ADDRESSES }];
  const allowed: Grant[] = [];
  const destination: End = direction === "ingress" ? { kind: "class", endpoint: subject, address: undefined } : outside;
  for (const { tier, policies } of state.governing(subject, direction)) {
    const passed: Grant[] = [];
    for (const policy of policies)
      for (const rule of policy[direction] ?? []) {
        if (rule.action === "log") continue;
        const grants = grantsOfRule(policy, rule, destination);
        if (grants.length === 0) continue;
        const rest = subtractGrants(open, grants, tick);
        const matched = subtractGrants(open, rest, tick);
        if (rule.action === "allow") allowed.push(...matched);
        else if (rule.action === "pass") passed.push(...matched);
        open = rest;
      }
    open = tier.otherwise === "deny" ? passed : [...open, ...passed];
  }
  return [...allowed, ...open];
};
