import type { Transition } from "../engine/transition.ts";
import { matchesAnyNetwork, type EndpointClass } from "../engine/endpoint-class.ts";
import { addressReach, blockGrants, subtractGrants, type Grant } from "../engine/grants.ts";
import type { ClusterState } from "../engine/state.ts";
import { changeText, classText, grantsText } from "../engine/words.ts";
import { cidrsText } from "../model/address-text.ts";
import { intersectAddresses, noAddresses, type AddressSet } from "../model/addresses.ts";
import { refText } from "../model/objects.ts";
import type { Direction, EndpointSelector } from "../model/policies.ts";
import { ALL_PORTS, intersectPorts, noPorts, portsText, type PortSet } from "../model/ports.ts";
import { touchedClasses } from "../engine/touched.ts";
import { doubtStanding } from "./doubt.ts";
import type { Precedents } from "./precedents.ts";
import type { FieldRef, Violation } from "./rule.ts";

const within = (grants: readonly Grant[], addresses: AddressSet, ports: PortSet): readonly Grant[] =>
  grants
    .map((grant) => ({
      ports: intersectPorts(grant.ports, ports),
      addresses: intersectAddresses(grant.addresses, addresses),
    }))
    .filter((grant) => !noPorts(grant.ports) && !noAddresses(grant.addresses));

/** So many findings of one standing are worded; a message shows no more. */
const MOST_WORDED = 10;

/** The first findings of each kind and standing, sorted, with the number of the others. */
const atMost = (violations: readonly Violation[]): readonly Violation[] =>
  [...Map.groupBy(violations, ({ kind, standing }) => `${kind}/${standing}`).values()].flatMap((group) => {
    const sorted = [...group].sort((a, b) => (a.message < b.message ? -1 : 1));
    const shown = sorted.slice(0, MOST_WORDED);
    return shown.map((violation, index) => ({
      ...violation,
      more: index === shown.length - 1 ? sorted.length - shown.length : 0,
    }));
  });

/** A policy that governs the endpoints and cannot be understood may open the path: that cannot be told. */
const unreadableFor = (
  transition: Transition,
  cls: EndpointClass,
  direction: Direction,
  selector: EndpointSelector,
): readonly Violation[] => {
  if (matchesAnyNetwork(selector, cls) === false) return [];
  const { after, change } = transition;
  const policy = after
    .governing(cls, direction)
    .flatMap(({ policies }) => policies)
    .find(({ problems }) => problems.length > 0);
  if (policy === undefined) return [];
  return [
    {
      kind: "undecided",
      standing: doubtStanding(transition, policy, cls, direction),
      curable: false,
      message: `${changeText(change)} may open a path between ${classText(cls)} and these addresses: ${refText(policy.ref)} cannot be understood`,
      details: policy.problems.slice(0, 3),
      fix: `mend ${refText(policy.ref)}`,
      more: 0,
    },
  ];
};

/** So many places are named of those that open a path. */
const MOST_PLACES = 3;

/** The blocks, and rules without peers, of the policies that govern a class and open any of what is asked about. */
const openersOf = (state: ClusterState, cls: EndpointClass, direction: Direction, asked: Grant): readonly FieldRef[] =>
  blockGrants(
    state.governing(cls, direction).flatMap(({ policies }) => policies),
    direction,
    cls,
  )
    .filter((grant) => within([grant], asked.addresses, asked.ports).length > 0)
    .map(({ policy, path }) => ({ ref: policy.ref, path }));

/** Why addresses get through: nothing isolates, or these blocks let them. */
const witnessOf = (cls: EndpointClass, direction: Direction, fields: readonly FieldRef[]): string => {
  if (fields.length === 0) return `no policy isolates ${classText(cls)} for ${direction}`;
  const left = fields.length - MOST_PLACES;
  const named = fields.slice(0, MOST_PLACES).map(({ ref, path }) => `${refText(ref)}, ${path}`);
  return `by ${named.join("; ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
};

/** Paths between endpoints and addresses outside that a change opens; `direction` is the endpoints' own. */
export const newlyOpenToAddresses = (
  transition: Transition,
  selector: EndpointSelector,
  direction: Direction,
  addresses: AddressSet,
  ports: PortSet,
  precedents: Precedents,
): readonly Violation[] => {
  const { before, after, change, tick } = transition;
  const open = (state: ClusterState, cls: EndpointClass | undefined): readonly Grant[] =>
    cls !== undefined && matchesAnyNetwork(selector, cls) === true
      ? within(addressReach(state, cls, direction, tick), addresses, ports)
      : [];
  return atMost(
    touchedClasses(transition, direction).flatMap((cls): readonly Violation[] => {
      if (cls.hostNetwork) return [];
      const now = open(after, cls);
      const [first] = now;
      const unreadable = unreadableFor(transition, cls, direction, selector);
      if (first === undefined) return unreadable;
      const fresh = subtractGrants(now, open(before, after.origin(cls)), tick);
      const twins = change.object?.type === "endpoint" ? before.runningTwins(change.object.endpoint) : [];
      const known = twins.some((twin) => subtractGrants(fresh, open(before, twin), tick).length === 0);
      const standing = precedents.standing(fresh.length === 0 ? "existing" : known ? "known" : "new", {
        ends: direction === "ingress" ? { to: cls } : { from: cls },
        ports: ALL_PORTS,
        what: grantsText(fresh),
      });
      const shown = fresh[0] ?? first;
      const end = cidrsText(shown.addresses);
      const path = direction === "ingress" ? `${end} reach ${classText(cls)}` : `${classText(cls)} reach ${end}`;
      const verb = standing === "existing" ? "still lets" : "would let";
      const fields = openersOf(after, cls, direction, shown);
      return [
        {
          kind: "violation",
          standing,
          curable: after.governing(cls, direction).length === 0,
          message: `${changeText(change)} ${verb} ${path} on ${portsText(shown.ports)}`,
          details: [witnessOf(cls, direction, fields)],
          fix: `isolate ${cls.namespace.name} for ${direction} and leave these addresses out of every ipBlock`,
          fields,
          more: 0,
        },
        ...unreadable,
      ];
    }),
  );
};
