import type { AddressSet } from "../model/addresses.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import {
  impliedNamespace,
  refKey,
  type Endpoint,
  type Namespace,
  type ObjectRef,
  type Owner,
} from "../model/objects.ts";
import { DIRECTIONS, type Direction, type EndpointSelector, type Policy } from "../model/policies.ts";
import { visitKeys } from "../model/selectors.ts";
import { BaseClass } from "./base-class.ts";
import { ClassLookup } from "./class-lookup.ts";
import { matchesClass, type EndpointClass } from "./endpoint-class.ts";
import { identityOf } from "./identity.ts";
import { LiveEndpointSet } from "./live-endpoint-set.ts";
import { Partition } from "./partition.ts";
import { governingOf, mentionedBy, namedPeers } from "./policy-facts.ts";
import { SelectorIndex } from "./selector-index.ts";
import { SharedGoverning, UNGOVERNED, type Governed } from "./shared-governing.ts";
import type { ClusterState, Governing } from "./state.ts";

interface FiledPolicy {
  readonly policy: Policy;
  readonly subject: readonly string[];
  readonly peers: Readonly<Record<Direction, readonly (readonly string[])[]>>;
}

const NO_POLICIES: readonly Policy[] = [];

/**
 * The cluster as it is known now, indexed so that a question or an event costs what it touches. Events change it in
 * place; between two events it is a value.
 */
export class ClusterIndex implements ClusterState {
  readonly #namespaces = new Map<string, Namespace>();
  readonly #policies = new Map<string, FiledPolicy>();
  readonly #policiesIn = new Map<string, readonly Policy[]>();
  readonly #subjects = new SelectorIndex<Policy>();
  readonly #peers = { ingress: new SelectorIndex<Policy>(), egress: new SelectorIndex<Policy>() };
  readonly #lookup = new ClassLookup<BaseClass>();
  readonly #shared = new SharedGoverning();
  readonly #sets = new Map<EndpointSelector, LiveEndpointSet>();
  #version = 0;
  /** The policy of a request, for which every rule asks. */
  #asked: { readonly ref: ObjectRef; readonly version: number; readonly policy: Policy | undefined } | undefined;
  readonly #partition = new Partition({
    namespaceOf: (name) => this.namespace(name),
    classAdded: (cls) => {
      this.#know(cls.namespace.name);
      this.#lookup.add(cls);
      this.#govern(cls);
    },
    classRemoved: (cls) => {
      this.#lookup.remove(cls);
      for (const set of this.#sets.values()) set.remove(cls);
    },
    classResized: (cls) => {
      for (const set of this.#sets.values()) set.resized(cls);
    },
  });

  get endpointCount(): number {
    return this.#partition.endpointCount;
  }

  get classCount(): number {
    return this.#partition.classCount;
  }

  /** Rises with every change of policies and namespaces. */
  get version(): number {
    return this.#version;
  }

  get policyCount(): number {
    return this.#policies.size;
  }

  /** Takes over an object that was created or changed. */
  upsert(object: ClusterObject): void {
    switch (object.type) {
      case "namespace":
        this.#setNamespace(object.namespace);
        return;
      case "endpoint":
        this.#partition.upsert(object.endpoint);
        return;
      case "policy":
        this.#removePolicy(object.ref);
        this.#addPolicy(object.policy);
        return;
    }
  }

  /** Takes out an object that was deleted. */
  remove(ref: ObjectRef, type: ClusterObject["type"]): void {
    switch (type) {
      case "namespace":
        this.#setNamespace(impliedNamespace(ref.name));
        return;
      case "endpoint":
        this.#partition.remove(ref);
        return;
      case "policy":
        this.#removePolicy(ref);
        return;
    }
  }

  namespace(name: string): Namespace {
    return this.#namespaces.get(name) ?? impliedNamespace(name);
  }

  namespaceNames(): Iterable<string> {
    return this.#namespaces.keys();
  }

  policiesIn(namespace: string): readonly Policy[] {
    return this.#policiesIn.get(namespace) ?? NO_POLICIES;
  }

  *policies(): Iterable<Policy> {
    for (const { policy } of this.#policies.values()) yield policy;
  }

  policy(ref: ObjectRef): Policy | undefined {
    if (this.#asked?.ref === ref && this.#asked.version === this.#version) return this.#asked.policy;
    const policy = this.#policies.get(refKey(ref))?.policy;
    this.#asked = { ref, version: this.#version, policy };
    return policy;
  }

  /** The object of this name as it was taken over; a namespace that was never defined is none. */
  object(ref: ObjectRef, type: ClusterObject["type"]): ClusterObject | undefined {
    switch (type) {
      case "namespace": {
        const namespace = this.#namespaces.get(ref.name);
        return namespace && { type, ref, namespace };
      }
      case "endpoint": {
        const endpoint = this.endpoint(ref);
        return endpoint && { type, ref, endpoint };
      }
      case "policy": {
        const policy = this.policy(ref);
        return policy && { type, ref, policy };
      }
    }
  }

  endpoint(ref: ObjectRef): Endpoint | undefined {
    return this.#partition.find(ref);
  }

  /** Whether this pod is known to have finished: it is no endpoint any more. */
  hasFinished(ref: ObjectRef): boolean {
    return this.#partition.hasFinished(ref);
  }

  /** What made the workload of this uid: the Deployment of a ReplicaSet; undefined for one that is an endpoint itself. */
  makerOf(uid: string): Owner | undefined {
    return this.#partition.makerOf(uid);
  }

  endpoints(): Iterable<Endpoint> {
    return this.#partition.endpoints();
  }

  /** One endpoint of each identity in the classes that a selector may match, or in all of them. */
  *oneOfEach(selector?: EndpointSelector): Iterable<Endpoint> {
    const classes = selector === undefined ? this.#partition.classes() : this.#lookup.select(selector);
    for (const cls of classes) yield* cls.oneOfEach();
  }

  classOf(ref: ObjectRef): EndpointClass | undefined {
    return this.#partition.classOf(ref);
  }

  classes(): Iterable<EndpointClass> {
    return this.#partition.classes();
  }

  classesIn(namespace: string): Iterable<EndpointClass> {
    return this.#lookup.in(namespace);
  }

  select(selector: EndpointSelector): Iterable<EndpointClass> {
    this.mentionSelector(selector);
    return this.#lookup.select(selector);
  }

  estimate(selector: EndpointSelector): number {
    return this.#lookup.estimate(selector);
  }

  governing(endpoint: EndpointClass, direction: Direction): Governing {
    return (endpoint instanceof BaseClass ? endpoint.governed : this.governingFor(endpoint))[direction];
  }

  /** What governs a class that may not be one of this state's own. */
  governingFor(endpoint: EndpointClass): Governed {
    if (endpoint.hostNetwork) return UNGOVERNED;
    const policies = new Set<Policy>();
    this.#subjects.visit(endpoint.namespace, endpoint.labels, (policy) => policies.add(policy));
    return governingOf([...policies].filter((policy) => matchesClass(policy.subject, endpoint) !== false));
  }

  naming(endpoint: EndpointClass, direction: Direction): ReadonlySet<Policy> {
    const policies = new Set<Policy>();
    this.#peers[direction].visit(endpoint.namespace, endpoint.labels, (policy) => policies.add(policy));
    return policies;
  }

  set(selector: EndpointSelector): LiveEndpointSet {
    const known = this.#sets.get(selector);
    if (known !== undefined) return known;
    this.mentionSelector(selector);
    const set = new LiveEndpointSet(selector);
    this.#sets.set(selector, set);
    for (const cls of this.#lookup.select(selector)) set.update(cls, cls.governed);
    return set;
  }

  /** Keeps the set of a selector up to date no longer. */
  dropSet(selector: EndpointSelector): void {
    this.#sets.delete(selector);
  }

  mayHold(block: AddressSet): boolean {
    return this.#partition.mayHold(block);
  }

  /** Stands for all endpoints that are like this one in everything but their names and addresses; undefined if nobody is. */
  identityOf(endpoint: Endpoint): object | undefined {
    return this.#partition.identityOf(endpoint);
  }

  /** Who this endpoint is, whatever it is called. */
  identityKey(endpoint: Endpoint): string {
    return identityOf(endpoint, this.#partition);
  }

  runningTwins(endpoint: Endpoint): readonly EndpointClass[] {
    return this.#partition.runningTwins(endpoint);
  }

  origin(endpoint: EndpointClass): EndpointClass {
    return endpoint;
  }

  /** What a class of just this endpoint would show here. */
  featuresOf(endpoint: Endpoint): ReturnType<Partition["featuresOf"]> {
    return this.#partition.featuresOf(endpoint);
  }

  /** Tells apart whatever this policy tells apart. Answers stay the same: only the partition gets finer. */
  mentionPolicy(policy: Policy): void {
    const { keys, portNames, blocks } = mentionedBy(policy);
    this.#partition.mention(keys, portNames, blocks);
  }

  /** Tells apart whatever this selector tells apart. */
  mentionSelector(selector: EndpointSelector): void {
    const keys: string[] = [];
    visitKeys(selector.pods, (key) => keys.push(key));
    this.#partition.mention(keys, [], []);
  }

  #know(name: string): void {
    if (!this.#namespaces.has(name)) this.#setNamespace(impliedNamespace(name));
  }

  #setNamespace(namespace: Namespace): void {
    this.#version++;
    const old = this.#namespaces.get(namespace.name);
    if (old !== undefined) this.#lookup.removeNamespace(old);
    this.#namespaces.set(namespace.name, namespace);
    this.#lookup.addNamespace(namespace);
    for (const cls of this.#lookup.in(namespace.name)) {
      cls.namespace = namespace;
      this.#govern(cls);
    }
  }

  #addPolicy(policy: Policy): void {
    this.mentionPolicy(policy);
    this.#know(policy.ref.namespace);
    const subject = this.#subjects.add(policy.subject, policy);
    const file = (direction: Direction): readonly (readonly string[])[] =>
      namedPeers(policy, direction).map((selector) => this.#peers[direction].add(selector, policy));
    this.#policies.set(refKey(policy.ref), {
      policy,
      subject,
      peers: { ingress: file("ingress"), egress: file("egress") },
    });
    this.#policiesIn.set(policy.ref.namespace, [...this.policiesIn(policy.ref.namespace), policy]);
    this.#governSubjects(policy);
  }

  #removePolicy(ref: ObjectRef): void {
    const filed = this.#policies.get(refKey(ref));
    if (filed === undefined) return;
    const { policy } = filed;
    this.#policies.delete(refKey(ref));
    const left = this.policiesIn(ref.namespace).filter((other) => other !== policy);
    if (left.length > 0) this.#policiesIn.set(ref.namespace, left);
    else this.#policiesIn.delete(ref.namespace);
    this.#subjects.remove(filed.subject, policy);
    for (const direction of DIRECTIONS)
      for (const entries of filed.peers[direction]) this.#peers[direction].remove(entries, policy);
    this.#governSubjects(policy);
  }

  #governSubjects(policy: Policy): void {
    this.#shared.forget(policy.subject.namespace);
    this.#version++;
    for (const cls of [...this.#lookup.select(policy.subject)]) this.#govern(cls);
  }

  #govern(cls: BaseClass): void {
    cls.governed = this.#shared.share(cls.namespace.name, this.governingFor(cls));
    for (const set of this.#sets.values()) set.update(cls, cls.governed);
  }
}
