import type { AddressSet } from "../model/addresses.ts";
import { refKey, type Endpoint, type NamedPort, type Namespace, type ObjectRef, type Owner } from "../model/objects.ts";
import { Pool } from "../model/pool.ts";
import { AtomMembers } from "./atoms.ts";
import { BaseClass, endpointOf, Identity, Shape, type Features, type Member } from "./base-class.ts";
import { classKey, identityOf, shapeKey, type Mentions } from "./identity.ts";

/** Told when a class comes into being or ends. */
export interface PartitionListener {
  classAdded(added: BaseClass): void;
  classRemoved(removed: BaseClass): void;
  /** It has fewer than two pods, or templates, before or after an endpoint came or went. */
  classResized(resized: BaseClass): void;
  namespaceOf(name: string): Namespace;
}

/** Classes repeat these: what hangs on them is worked out once for all that have the same. */
const portLists = new Pool<readonly NamedPort[]>();

const sharedPorts = (ports: readonly NamedPort[]): readonly NamedPort[] =>
  portLists.get(ports.map(({ name, protocol, port }) => [name, protocol, port].join("/")).join(), () => ports);

/** How many members the class of a shape has that are pods, or templates, as those of the shape are. */
const alike = ({ kind, cls }: Shape): number => (kind === "Pod" ? cls.pods : cls.size - cls.pods);

/**
 * All endpoints, grouped into classes. A class keeps only the label keys and port names that something mentions; a key
 * newly mentioned splits just the classes that carry it. A finer partition gives the same answers, so mentions are
 * never taken back (a rebuild starts afresh).
 */
export class Partition implements Mentions {
  readonly #listener: PartitionListener;
  readonly #keys = new Set<string>();
  readonly #portNames = new Set<string>();
  readonly #atoms = new AtomMembers<string>();
  /** By kind, namespace and name. */
  readonly #members = new Map<string, Member>();
  /** With their uids, where they have one. */
  readonly #finished = new Map<string, string>();
  /** What made the workloads that are no endpoints of their own, by their uids. */
  readonly #makers = new Map<string, Owner>();
  readonly #shapes = new Map<string, Shape>();
  readonly #classes = new Map<string, BaseClass>();
  readonly #identities = new Map<string, Identity>();
  /** How many shapes carry a label key or port name, so that mentioning what nobody has costs nothing. */
  readonly #carriers = new Map<string, number>();

  constructor(listener: PartitionListener) {
    this.#listener = listener;
  }

  get endpointCount(): number {
    return this.#members.size;
  }

  get classCount(): number {
    return this.#classes.size;
  }

  hasKey(key: string): boolean {
    return this.#keys.has(key);
  }

  hasPortName(name: string): boolean {
    return this.#portNames.has(name);
  }

  /** The endpoint of this name; undefined if there is none. */
  find(ref: ObjectRef): Endpoint | undefined {
    const member = this.#members.get(refKey(ref));
    return member && endpointOf(member);
  }

  classOf(ref: ObjectRef): BaseClass | undefined {
    return this.#members.get(refKey(ref))?.shape.cls;
  }

  hasFinished(ref: ObjectRef): boolean {
    return this.#finished.has(refKey(ref));
  }

  /** What made the workload of this uid, which is no endpoint of its own; undefined for any other. */
  makerOf(uid: string): Owner | undefined {
    return this.#makers.get(uid);
  }

  *endpoints(): Iterable<Endpoint> {
    for (const cls of this.#classes.values()) yield* cls.members();
  }

  classes(): Iterable<BaseClass> {
    return this.#classes.values();
  }

  /** Adds an endpoint, or takes over what has changed of it. A finished pod is none. */
  upsert(endpoint: Endpoint): void {
    if (endpoint.phase === "finished") {
      this.remove(endpoint.ref);
      this.#finished.set(refKey(endpoint.ref), endpoint.uid);
      if (endpoint.uid !== "" && endpoint.owner !== undefined) this.#makers.set(endpoint.uid, endpoint.owner);
      return;
    }
    const place = refKey(endpoint.ref);
    const old = this.#members.get(place);
    const key = this.#keyOf(endpoint);
    if (old !== undefined && old.shape.key !== key) this.remove(endpoint.ref);
    const shape = this.#shapes.get(key) ?? this.#newShape(key, endpoint);
    if (old?.shape === shape) this.#dropMember(place, old);
    const { phase, terminating, addresses, node, nodeAddresses, uid, owner, workload } = endpoint;
    const member: Member = {
      shape,
      name: endpoint.ref.name,
      phase,
      terminating,
      addresses,
      node,
      nodeAddresses,
      uid,
      owner,
      workload,
    };
    shape.add(member);
    this.#members.set(place, member);
    if (old?.shape !== shape && alike(shape) <= 2) this.#listener.classResized(shape.cls);
    for (const address of addresses) this.#atoms.add(address, place);
  }

  /** Takes an endpoint out; nothing happens if there is none of that name. */
  remove(ref: ObjectRef): void {
    this.#makers.delete(this.#finished.get(refKey(ref)) ?? "");
    this.#finished.delete(refKey(ref));
    const member = this.#members.get(refKey(ref));
    if (member === undefined) return;
    const { shape } = member;
    this.#dropMember(refKey(ref), member);
    if (alike(shape) < 2) this.#listener.classResized(shape.cls);
    if (shape.size > 0) return;
    this.#shapes.delete(shape.key);
    this.#count(shape, -1);
    this.#exit(shape);
  }

  /** Whether an endpoint may have an address in `block`. */
  mayHold(block: AddressSet): boolean {
    return this.#atoms.mayHold(block);
  }

  /** Stands for all who are like this endpoint in everything but their names and addresses; undefined if nobody is. */
  identityOf(endpoint: Endpoint): Identity | undefined {
    return this.#identities.get(identityOf(endpoint, this));
  }

  /** The classes of the running pods that share this identity, but for the pod named. */
  runningTwins(endpoint: Endpoint): readonly BaseClass[] {
    const classes = new Set<BaseClass>();
    for (const shape of this.identityOf(endpoint)?.shapes ?? [])
      for (const member of shape.members)
        if (member.phase === "running" && !(member.name === endpoint.ref.name && shape.kind === endpoint.ref.kind)) {
          classes.add(shape.cls);
          break;
        }
    return [...classes];
  }

  /** What a class of just this endpoint would show. */
  featuresOf(endpoint: Endpoint): Features {
    return {
      serviceAccount: endpoint.serviceAccount,
      hostNetwork: endpoint.hostNetwork,
      mirror: endpoint.mirror,
      labels: endpoint.labels.keys().every((key) => this.#keys.has(key))
        ? endpoint.labels
        : new Map(endpoint.labels.entries().filter(([key]) => this.#keys.has(key))),
      namedPorts: endpoint.namedPorts.every(({ name }) => this.#portNames.has(name))
        ? endpoint.namedPorts
        : sharedPorts(endpoint.namedPorts.filter(({ name }) => this.#portNames.has(name))),
      addresses: endpoint.addresses,
    };
  }

  /** Makes the partition fine enough for selectors, port names and blocks that look at these. */
  mention(keys: Iterable<string>, portNames: Iterable<string>, blocks: readonly AddressSet[]): void {
    const freshKeys = this.#fresh("l", this.#keys, keys);
    const freshPorts = this.#fresh("p", this.#portNames, portNames);
    if (freshKeys.size > 0 || freshPorts.size > 0)
      for (const shape of this.#shapes.values()) {
        const { labels, namedPorts } = shape.features;
        if (labels.keys().some((key) => freshKeys.has(key)) || namedPorts.some(({ name }) => freshPorts.has(name)))
          this.#regroup(shape);
      }
    for (const key of this.#atoms.cut(blocks)) {
      const [kind = "", namespace = "", name = ""] = key.split("/");
      const found = this.find({ kind, namespace, name });
      if (found !== undefined) this.upsert(found);
    }
  }

  #dropMember(place: string, member: Member): void {
    this.#members.delete(place);
    for (const address of member.addresses) this.#atoms.remove(address, place);
    member.shape.remove(member);
  }

  /** Notes the names as mentioned; returns those that are new and that some shape carries. */
  #fresh(prefix: "l" | "p", known: Set<string>, names: Iterable<string>): ReadonlySet<string> {
    const fresh = new Set<string>();
    for (const name of names) {
      if (known.has(name)) continue;
      known.add(name);
      if (this.#carriers.has(prefix + name)) fresh.add(name);
    }
    return fresh;
  }

  #keyOf(endpoint: Endpoint): string {
    return `${endpoint.ref.kind}\u0000${shapeKey(endpoint)}\u0000${this.#atoms.text(endpoint.addresses)}`;
  }

  #newShape(key: string, endpoint: Endpoint): Shape {
    const cls = this.#classFor(endpoint);
    const identity = this.#identityFor(endpoint);
    const shape = new Shape(key, endpoint, cls, identity);
    this.#shapes.set(key, shape);
    this.#count(shape, 1);
    cls.add(shape);
    identity.add(shape);
    return shape;
  }

  #classFor(endpoint: Endpoint): BaseClass {
    const key = `${classKey(endpoint, this)}\u0000${this.#atoms.text(endpoint.addresses)}`;
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const cls = new BaseClass(key, this.#listener.namespaceOf(endpoint.ref.namespace), this.featuresOf(endpoint));
    this.#classes.set(key, cls);
    this.#listener.classAdded(cls);
    return cls;
  }

  #identityFor(endpoint: Endpoint): Identity {
    const key = identityOf(endpoint, this);
    const known = this.#identities.get(key);
    if (known !== undefined) return known;
    const identity = new Identity(key);
    this.#identities.set(key, identity);
    return identity;
  }

  #count(shape: Shape, by: 1 | -1): void {
    const { labels, namedPorts } = shape.features;
    const names = new Set([...labels.keys().map((key) => `l${key}`), ...namedPorts.map(({ name }) => `p${name}`)]);
    for (const name of names) {
      const count = (this.#carriers.get(name) ?? 0) + by;
      if (count === 0) this.#carriers.delete(name);
      else this.#carriers.set(name, count);
    }
  }

  #regroup(shape: Shape): void {
    const [member] = shape.members;
    if (member === undefined) return;
    const endpoint = endpointOf(member);
    this.#exit(shape);
    shape.cls = this.#classFor(endpoint);
    shape.cls.add(shape);
    shape.identity = this.#identityFor(endpoint);
    shape.identity.add(shape);
  }

  #exit(shape: Shape): void {
    shape.cls.remove(shape);
    if (shape.cls.isEmpty) {
      this.#classes.delete(shape.cls.key);
      this.#listener.classRemoved(shape.cls);
    }
    shape.identity.remove(shape);
    if (shape.identity.isEmpty) this.#identities.delete(shape.identity.key);
  }
}
