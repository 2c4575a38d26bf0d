import { refKey } from "../model/objects.ts";
import type { Direction, Policy, Rule } from "../model/policies.ts";
import { allPorts, ALL_PORTS, intersectPorts, noPorts, NO_PORTS, subtractPorts, unionPorts } from "../model/ports.ts";
import type { PortSet } from "../model/ports.ts";
import { unionAddresses } from "../model/addresses.ts";
import type { Permit } from "../model/workload-graph.ts";
import { matchesClass, type EndpointClass } from "./endpoint-class.ts";
import { directionReach, endPairs, packetReach, peerMatches, rulePorts, type End } from "./reach.ts";
import type { ClusterState, Governing, Stage } from "./state.ts";

/** One object for most of a cluster without policies, so that a million paths share it. */
export const UNSELECTED: readonly Permit[] = [{ kind: "not-selected", ports: ALL_PORTS }];

/** The places of a rule that name the other end: its peers, or the rule itself where it has none. */
const placesNaming = (rule: Rule, other: End): readonly string[] =>
  rule.peers === undefined
    ? [rule.path]
    : rule.peers.filter((peer) => peerMatches(peer, other) === true).map(({ path }) => path);

interface Ends {
  readonly subject: EndpointClass;
  readonly other: End;
  readonly destination: End;
}

/** Every rule of a stage that lets some of `open` pass, and what is left of `open` for the stages after it. */
const stagePermits = (
  { tier, policies }: Stage,
  direction: Direction,
  ends: Ends,
  open: PortSet,
): { readonly permits: readonly Permit[]; readonly left: PortSet } => {
  const permits: Permit[] = [];
  let [live, allowed, passed] = [open, NO_PORTS, NO_PORTS];
  for (const policy of policies) {
    if (policy.problems.length > 0 && matchesClass(policy.subject, ends.subject) !== true) continue;
    for (const rule of policy[direction] ?? []) {
      const places = rule.action === "log" ? [] : placesNaming(rule, ends.other);
      const ports = places.length === 0 ? NO_PORTS : intersectPorts(rulePorts(rule, ends.destination), live);
      if (noPorts(ports)) continue;
      if (rule.action === "allow") {
        for (const path of places) permits.push({ kind: "rule", policy: policy.ref, path, ports });
        allowed = unionPorts(allowed, ports);
      } else {
        live = subtractPorts(live, ports);
        if (rule.action === "pass") passed = unionPorts(passed, subtractPorts(ports, allowed));
      }
    }
  }
  return { permits, left: tier.otherwise === "deny" ? passed : unionPorts(subtractPorts(live, allowed), passed) };
};

/** Every policy here that cannot be understood, as what may let these ports pass. */
export const undecidedPermits = (governing: Governing, ports: PortSet): readonly Permit[] =>
  noPorts(ports)
    ? []
    : governing
        .flatMap(({ policies }): readonly Policy[] => policies)
        .filter(({ problems }) => problems.length > 0)
        .map(({ ref, problems }) => ({ kind: "undecided", policy: ref, reason: problems.join("; "), ports }));

/**
 * All that lets `wanted` pass between a subject and the other end in one direction, as far as `directionReach` lets it:
 * of the tier that decides, every rule that allows some of it and not only the first, for one of them is enough.
 */
const directionPermits = (
  state: ClusterState,
  subject: EndpointClass,
  direction: Direction,
  [own, other]: readonly [End, End],
  wanted: PortSet,
): readonly Permit[] => {
  const governing = state.governing(subject, direction);
  if (governing.length === 0) return allPorts(wanted) ? UNSELECTED : [{ kind: "not-selected", ports: wanted }];
  const reach = directionReach(state, own, direction, other);
  const ends: Ends = { subject, other, destination: direction === "ingress" ? own : other };
  const permits: Permit[] = [];
  let left = intersectPorts(reach.ports, wanted);
  for (const stage of governing) {
    const next = stagePermits(stage, direction, ends, left);
    permits.push(...next.permits);
    left = next.left;
  }
  if (!noPorts(left)) permits.push({ kind: "not-selected", ports: left });
  return [...permits, ...undecidedPermits(governing, intersectPorts(reach.unsure, wanted))];
};

const keyOf = (permit: Permit): string => {
  switch (permit.kind) {
    case "rule":
      return `rule ${refKey(permit.policy)} ${permit.path}`;
    case "undecided":
      return `undecided ${refKey(permit.policy)}`;
    case "not-selected":
    case "outside":
      return permit.kind;
  }
};

const both = (a: Permit, b: Permit): Permit => {
  const ports = unionPorts(a.ports, b.ports);
  if (a.kind === "rule" && b.kind === "rule" && a.addresses !== undefined && b.addresses !== undefined)
    return { ...a, ports, addresses: unionAddresses(a.addresses, b.addresses) };
  return { ...a, ports };
};

/** The permits of both lists, each once. */
export const mergePermits = (a: readonly Permit[], b: readonly Permit[]): readonly Permit[] => {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  const merged = new Map(a.map((permit) => [keyOf(permit), permit]));
  for (const permit of b) {
    const known = merged.get(keyOf(permit));
    merged.set(keyOf(permit), known === undefined ? permit : both(known, permit));
  }
  return [...merged.values()];
};

/** All that lets packets pass from one class to another, on each side and by either address family. */
export const permitsBetween = (
  state: ClusterState,
  from: EndpointClass,
  to: EndpointClass,
): Readonly<Record<Direction, readonly Permit[]>> => {
  let [egress, ingress]: (readonly Permit[])[] = [[], []];
  for (const [source, destination] of endPairs(from, to)) {
    const { ports, unsure } = packetReach(state, source, destination);
    const wanted = unionPorts(ports, unsure);
    if (noPorts(wanted)) continue;
    egress = mergePermits(egress ?? [], directionPermits(state, from, "egress", [source, destination], wanted));
    ingress = mergePermits(ingress ?? [], directionPermits(state, to, "ingress", [destination, source], wanted));
  }
  return { egress: egress ?? [], ingress: ingress ?? [] };
};
