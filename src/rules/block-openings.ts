import type { EndpointClass } from "../engine/endpoint-class.ts";
import { blockGrants, portSegments, speaksOfAddresses, type BlockGrant, type Grant } from "../engine/grants.ts";
import type { ClusterState, Governing } from "../engine/state.ts";
import {
  addressCount,
  intersectAddresses,
  NO_ADDRESSES,
  noAddresses,
  onlyFamily,
  prefixCount,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
  type AddressSet,
  type Family,
} from "../model/addresses.ts";
import type { NamedPort } from "../model/objects.ts";
import type { Direction, Policy } from "../model/policies.ts";
import { noPorts, subtractPorts, type PortSet } from "../model/ports.ts";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** How far addresses may be open in one direction. */
export interface Limits {
  readonly direction: Direction;
  readonly mustExclude: AddressSet;
  /** Prefix lengths: more addresses than such a block are open to the world. */
  readonly opening: Readonly<Record<Family, number>>;
  /** Prefix lengths: as many addresses inside `mustExclude` may be named on purpose. */
  readonly tolerate: Readonly<Record<Family, number>>;
}

/** What one family's blocks, open on one port together, let in that they must leave out. */
const excessOf = (blocks: readonly AddressSet[], family: Family, limits: Limits): AddressSet => {
  const own = blocks.map((block) => onlyFamily(block, family));
  const union = unionOfAddresses(own);
  if (addressCount(union, family) <= prefixCount(family, limits.opening[family])) return NO_ADDRESSES;
  const excluded = onlyFamily(limits.mustExclude, family);
  if (noAddresses(excluded)) return union;
  const isNamed = (block: AddressSet): boolean =>
    !noAddresses(block) && noAddresses(subtractAddresses(block, excluded));
  const named = unionOfAddresses(own.filter(isNamed));
  const tolerated = addressCount(named, family) <= prefixCount(family, limits.tolerate[family]);
  return intersectAddresses(tolerated ? unionOfAddresses(own.filter((block) => !isNamed(block))) : union, excluded);
};

/** The parts of the ports of blocks that none of them tells apart. */
const segmentsOf = (grants: readonly BlockGrant[], tick: () => void): readonly PortSet[] => {
  const sets = new Set(grants.map(({ ports }) => ports));
  return sets.size <= 1 ? [...sets] : portSegments([...sets], tick);
};

/** What blocks let in that they must leave out, port by port. */
const excess = (grants: readonly BlockGrant[], limits: Limits, tick: () => void): readonly Grant[] =>
  segmentsOf(grants, tick).flatMap((segment) => {
    const blocks = grants
      .filter(({ ports }) => ports === segment || noPorts(subtractPorts(segment, ports)))
      .map(({ addresses }) => addresses);
    tick();
    const addresses = FAMILIES.map((family) => excessOf(blocks, family, limits)).reduce(unionAddresses);
    return noAddresses(addresses) ? [] : [{ ports: segment, addresses }];
  });

/** What is open by address, and what of it must not be. */
export interface Opening {
  readonly grants: readonly BlockGrant[];
  readonly excess: readonly Grant[];
  /** Policies that may open more, and cannot be understood. */
  readonly unreadable: readonly Policy[];
}

/** Nothing is. */
export const CLOSED: Opening = { grants: [], excess: [], unreadable: [] };

/** What these blocks open, and what of it must not be. */
export const openingOf = (
  grants: readonly BlockGrant[],
  limits: Limits,
  tick: () => void,
  unreadable: readonly Policy[] = [],
): Opening =>
  grants.length === 0 && unreadable.length === 0
    ? CLOSED
    : { grants, excess: excess(grants, limits, tick), unreadable };

interface Entry {
  readonly policies: readonly Policy[];
  /** Whether classes differ by their named ports in what is open to them. */
  readonly differs: boolean;
  readonly openings: Map<readonly NamedPort[] | undefined, Opening>;
}

/** Whether what policies open by address hangs on the ports that a class has names for. */
export const differsByPort = (policies: readonly Policy[], direction: Direction): boolean =>
  direction === "ingress" &&
  policies.some(({ ingress = [] }) => ingress.some((rule) => rule.portNames.length > 0 && speaksOfAddresses(rule)));

/** What classes are open to by address, each computed once for as long as the policies that govern it stay the same. */
export class OpeningBook {
  readonly #limits: Limits;
  readonly #entries = new WeakMap<Governing, Entry>();
  /** Classes that one policy selects come one after the other, and most of them are governed alike. */
  #last:
    { readonly governing: Governing; readonly namedPorts: readonly NamedPort[]; readonly opening: Opening } | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  of(state: ClusterState, cls: EndpointClass, tick: () => void): Opening {
    const governing = state.governing(cls, this.#limits.direction);
    if (governing.length === 0) return CLOSED;
    const { namedPorts } = cls;
    if (this.#last?.governing === governing && this.#last.namedPorts === namedPorts) return this.#last.opening;
    const entry = this.#entries.get(governing) ?? this.#newEntry(governing);
    const key = entry.differs ? namedPorts : undefined;
    const opening = entry.openings.get(key) ?? this.#newOpening(entry, key, cls, tick);
    this.#last = { governing, namedPorts, opening };
    return opening;
  }

  #newEntry(governing: Governing): Entry {
    const policies = governing.flatMap((stage) => stage.policies);
    const entry: Entry = { policies, differs: differsByPort(policies, this.#limits.direction), openings: new Map() };
    this.#entries.set(governing, entry);
    return entry;
  }

  #newOpening(entry: Entry, key: readonly NamedPort[] | undefined, cls: EndpointClass, tick: () => void): Opening {
    const unreadable = entry.policies.filter(({ problems }) => problems.length > 0);
    const grants = blockGrants(entry.policies, this.#limits.direction, cls);
    const opening = openingOf(grants, this.#limits, tick, unreadable);
    entry.openings.set(key, opening);
    return opening;
  }
}
