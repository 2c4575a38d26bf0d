import type { Address } from "../model/addresses.ts";
import type { Endpoint, NamedPort, Namespace, Owner, Phase } from "../model/objects.ts";
import type { Labels } from "../model/selectors.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { UNGOVERNED, type Governed } from "./shared-governing.ts";
import { added, countOf, each, removed, type Few } from "./few.ts";

/** What a class shows of its members. */
export interface Features {
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly mirror: boolean;
  readonly labels: Labels;
  readonly namedPorts: readonly NamedPort[];
  readonly addresses: readonly Address[];
}

/** One endpoint as it is kept: what its shape does not say. */
export interface Member {
  readonly shape: Shape;
  readonly name: string;
  readonly phase: Phase;
  readonly terminating: boolean;
  readonly addresses: readonly Address[];
  readonly node: string;
  readonly nodeAddresses: readonly Address[];
  readonly uid: string;
  readonly owner: Owner | undefined;
  readonly workload: string;
}

/** Who a group of pods is, with all shapes that such pods have. */
export class Identity {
  readonly key: string;
  #shapes: Few<Shape>;

  constructor(key: string) {
    this.key = key;
  }

  get shapes(): Iterable<Shape> {
    return each(this.#shapes);
  }

  get isEmpty(): boolean {
    return this.#shapes === undefined;
  }

  add(shape: Shape): void {
    this.#shapes = added(this.#shapes, shape);
  }

  remove(shape: Shape): void {
    this.#shapes = removed(this.#shapes, shape);
  }
}

/** Endpoints alike in everything that could ever be mentioned; a class is made of whole shapes. */
export class Shape {
  readonly key: string;
  /** Of all its members: `Pod`, or the kind of workload whose template it is. */
  readonly kind: string;
  readonly namespace: string;
  readonly features: Omit<Features, "addresses">;
  cls: BaseClass;
  identity: Identity;
  #members: Few<Member>;

  constructor(key: string, endpoint: Endpoint, cls: BaseClass, identity: Identity) {
    const { labels, serviceAccount, hostNetwork, mirror, namedPorts } = endpoint;
    this.key = key;
    this.kind = endpoint.ref.kind;
    this.namespace = endpoint.ref.namespace;
    this.features = { labels, serviceAccount, hostNetwork, mirror, namedPorts };
    this.cls = cls;
    this.identity = identity;
  }

  get members(): Iterable<Member> {
    return each(this.#members);
  }

  get size(): number {
    return countOf(this.#members);
  }

  add(member: Member): void {
    this.#members = added(this.#members, member);
    this.cls.grow(this.kind, 1);
  }

  remove(member: Member): void {
    this.#members = removed(this.#members, member);
    this.cls.grow(this.kind, -1);
  }
}

/** The endpoint that a kept member stands for. */
export const endpointOf = ({ shape, name, ...kept }: Member): Endpoint => ({
  ref: { kind: shape.kind, namespace: shape.namespace, name },
  labels: shape.features.labels,
  serviceAccount: shape.features.serviceAccount,
  hostNetwork: shape.features.hostNetwork,
  mirror: shape.features.mirror,
  namedPorts: shape.features.namedPorts,
  ...kept,
});

/** A class of the base state; its namespace follows relabelling, its size the endpoints. */
export class BaseClass implements EndpointClass {
  namespace: Namespace;
  readonly key: string;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly mirror: boolean;
  readonly labels: Labels;
  readonly namedPorts: readonly NamedPort[];
  size = 0;
  pods = 0;
  /** What governs it; set by whoever keeps the policies. */
  governed: Governed = UNGOVERNED;
  #shapes: Few<Shape>;

  constructor(key: string, namespace: Namespace, features: Features) {
    this.key = key;
    this.namespace = namespace;
    this.serviceAccount = features.serviceAccount;
    this.hostNetwork = features.hostNetwork;
    this.mirror = features.mirror;
    this.labels = features.labels;
    this.namedPorts = features.namedPorts;
  }

  get isEmpty(): boolean {
    return this.#shapes === undefined;
  }

  /** Of a member that is there now: the one it was made for may have gone, and a later block tell the two apart. */
  get addresses(): readonly Address[] {
    for (const shape of each(this.#shapes)) for (const { addresses } of shape.members) return addresses;
    return [];
  }

  add(shape: Shape): void {
    this.#shapes = added(this.#shapes, shape);
    this.grow(shape.kind, shape.size);
  }

  remove(shape: Shape): void {
    this.#shapes = removed(this.#shapes, shape);
    this.grow(shape.kind, -shape.size);
  }

  /** Counts members that came to one of its shapes of this kind, or left it. */
  grow(kind: string, by: number): void {
    this.size += by;
    if (kind === "Pod") this.pods += by;
  }

  /** One endpoint of each identity, one that runs where there is one. */
  oneOfEach(): Iterable<Endpoint> {
    const chosen = new Map<Identity, Member>();
    for (const shape of each(this.#shapes))
      for (const member of shape.members) {
        const known = chosen.get(shape.identity);
        if (known === undefined || (known.phase !== "running" && member.phase === "running"))
          chosen.set(shape.identity, member);
        if (member.phase === "running") break;
      }
    return chosen.values().map(endpointOf);
  }

  identities(): Iterable<string> {
    const keys = new Set<string>();
    for (const { identity } of each(this.#shapes)) keys.add(identity.key);
    return keys;
  }

  *members(): Iterable<Endpoint> {
    for (const shape of each(this.#shapes)) for (const member of shape.members) yield endpointOf(member);
  }
}
