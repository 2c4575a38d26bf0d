import type { AddressSet } from "../model/addresses.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { isSameRef, type Endpoint, type Namespace, type ObjectRef } from "../model/objects.ts";
import type { Direction, EndpointSelector, Policy } from "../model/policies.ts";
import type { ClusterIndex } from "./cluster-index.ts";
import { matchesAnyNetwork, matchesClass, type EndpointClass } from "./endpoint-class.ts";
import { stagesOf } from "./policy-facts.ts";
import type { Governed } from "./shared-governing.ts";
import type { ClusterState, EndpointSet, Governing } from "./state.ts";

/** What takes the place of an object: its new form, or nothing after a deletion. */
export interface Replacement {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  readonly object: ClusterObject | undefined;
  /** What is asked for, where that is known. */
  readonly operation?: "CREATE" | "UPDATE" | "DELETE";
  /** The form that is replaced, as the request has it. */
  readonly old?: ClusterObject | undefined;
}

const without = (cls: EndpointClass, ref: ObjectRef): EndpointClass => ({
  ...shown(cls),
  size: cls.size - 1,
  pods: cls.pods - (ref.kind === "Pod" ? 1 : 0),
  members: () => Iterator.from(cls.members()).filter((member) => !isSameRef(member.ref, ref)),
  identities: () => cls.identities(),
});

const shown = (cls: EndpointClass): Omit<EndpointClass, "size" | "pods" | "members" | "identities"> => ({
  namespace: cls.namespace,
  serviceAccount: cls.serviceAccount,
  hostNetwork: cls.hostNetwork,
  mirror: cls.mirror,
  labels: cls.labels,
  namedPorts: cls.namedPorts,
  addresses: cls.addresses,
});

/** A cluster with one object replaced, as a view of the one below: nothing is copied that is not touched. */
class Overlay implements ClusterState {
  readonly #base: ClusterIndex;
  readonly #change: Replacement;
  readonly #hidden = new Set<EndpointClass>();
  /** Classes that only this state has, each with what it was in the base. */
  readonly #extra = new Map<EndpointClass, EndpointClass | undefined>();
  /** What governs the classes that only this state has. */
  readonly #governed = new Map<EndpointClass, Governed>();
  #policies: readonly Policy[] | undefined;
  /** Whom the policies of the change select: every rule asks. */
  readonly #subjects = new Map<EndpointSelector, readonly EndpointClass[]>();
  readonly #namespace: Namespace | undefined;
  readonly #added: Policy | undefined;
  readonly #removed: Policy | undefined;
  readonly #endpoint: Endpoint | undefined;

  constructor(base: ClusterIndex, change: Replacement) {
    this.#base = base;
    this.#change = change;
    const { object, ref } = change;
    if (change.type === "policy") {
      this.#removed = base.policy(ref);
      this.#added = object?.type === "policy" ? object.policy : undefined;
      if (this.#added !== undefined) base.mentionPolicy(this.#added);
    } else if (change.type === "namespace" && object?.type === "namespace") {
      this.#namespace = object.namespace;
      for (const cls of base.classesIn(ref.name))
        this.#replace(cls, {
          ...shown(cls),
          namespace: object.namespace,
          size: cls.size,
          pods: cls.pods,
          members: () => cls.members(),
          identities: () => cls.identities(),
        });
    } else if (change.type === "endpoint") {
      const old = base.classOf(ref);
      if (old !== undefined) {
        this.#hidden.add(old);
        if (old.size > 1) this.#extra.set(without(old, ref), old);
      }
      this.#endpoint =
        object?.type === "endpoint" && object.endpoint.phase !== "finished" ? object.endpoint : undefined;
      if (this.#endpoint !== undefined) this.#extra.set(this.#classFor(this.#endpoint), old);
    }
  }

  namespace(name: string): Namespace {
    return this.#namespace?.name === name ? this.#namespace : this.#base.namespace(name);
  }

  policiesIn(namespace: string): readonly Policy[] {
    if (this.#change.type !== "policy" || this.#change.ref.namespace !== namespace)
      return this.#base.policiesIn(namespace);
    this.#policies ??= [
      ...this.#base.policiesIn(namespace).filter((policy) => policy !== this.#removed),
      ...(this.#added === undefined ? [] : [this.#added]),
    ];
    return this.#policies;
  }

  policy(ref: ObjectRef): Policy | undefined {
    return this.#change.type === "policy" && isSameRef(ref, this.#change.ref) ? this.#added : this.#base.policy(ref);
  }

  endpoint(ref: ObjectRef): Endpoint | undefined {
    return this.#change.type === "endpoint" && isSameRef(ref, this.#change.ref)
      ? this.#endpoint
      : this.#base.endpoint(ref);
  }

  classOf(ref: ObjectRef): EndpointClass | undefined {
    for (const cls of this.#extra.keys())
      if (
        cls.namespace.name === ref.namespace &&
        Iterator.from(cls.members()).some((member) => isSameRef(member.ref, ref))
      )
        return cls;
    const cls = this.#base.classOf(ref);
    return cls === undefined || this.#hidden.has(cls) ? undefined : cls;
  }

  *classesIn(namespace: string): Iterable<EndpointClass> {
    for (const cls of this.#base.classesIn(namespace)) if (!this.#hidden.has(cls)) yield cls;
    for (const cls of this.#extra.keys()) if (cls.namespace.name === namespace) yield cls;
  }

  select(selector: EndpointSelector): Iterable<EndpointClass> {
    if (selector !== this.#added?.subject && selector !== this.#removed?.subject) return this.#select(selector);
    const known = this.#subjects.get(selector) ?? [...this.#select(selector)];
    this.#subjects.set(selector, known);
    return known;
  }

  #select(selector: EndpointSelector): Iterable<EndpointClass> {
    return this.#hidden.size === 0 && this.#extra.size === 0 ? this.#base.select(selector) : this.#selectHere(selector);
  }

  *#selectHere(selector: EndpointSelector): Iterable<EndpointClass> {
    for (const cls of this.#base.select(selector)) if (!this.#hidden.has(cls)) yield cls;
    for (const cls of this.#extra.keys()) if (matchesAnyNetwork(selector, cls) !== false) yield cls;
  }

  estimate(selector: EndpointSelector): number {
    return this.#base.estimate(selector) + this.#extra.size;
  }

  governing(endpoint: EndpointClass, direction: Direction): Governing {
    if (this.#extra.has(endpoint)) return this.#governedExtra(endpoint)[direction];
    const governing = this.#base.governing(endpoint, direction);
    if (endpoint.hostNetwork || (this.#removed === undefined && this.#added === undefined)) return governing;
    const selects = (policy: Policy | undefined): boolean =>
      policy !== undefined && matchesClass(policy.subject, endpoint) !== false;
    if (!selects(this.#removed) && !selects(this.#added)) return governing;
    const kept = governing.flatMap(({ policies }) => policies.filter((policy) => policy !== this.#removed));
    return stagesOf(this.#added !== undefined && selects(this.#added) ? [...kept, this.#added] : kept, direction);
  }

  *naming(endpoint: EndpointClass, direction: Direction): Iterable<Policy> {
    for (const policy of this.#base.naming(endpoint, direction)) if (policy !== this.#removed) yield policy;
    if (this.#added !== undefined) yield this.#added;
  }

  set(selector: EndpointSelector): EndpointSet {
    const base = this.#base.set(selector);
    if (this.#hidden.size === 0 && this.#extra.size === 0 && this.#removed === undefined) return base;
    const extra = [...this.#extra.keys()].filter((cls) => matchesAnyNetwork(selector, cls) !== false);
    const hidden = this.#hidden;
    const lost = this.#removed;
    const index = this.#base;
    const visible = function* (classes: Iterable<EndpointClass>): Iterable<EndpointClass> {
      for (const cls of classes) if (!hidden.has(cls)) yield cls;
    };
    return {
      selector,
      has: (endpoint) => (base.has(endpoint) && !hidden.has(endpoint)) || extra.includes(endpoint),
      *classes() {
        yield* visible(base.classes());
        yield* extra;
      },
      *open(direction) {
        yield* visible(base.open(direction));
        yield* extra;
        if (lost !== undefined) for (const cls of index.select(lost.subject)) if (base.has(cls)) yield cls;
      },
    };
  }

  mayHold(block: AddressSet): boolean {
    return this.#endpoint !== undefined || this.#base.mayHold(block);
  }

  runningTwins(endpoint: Endpoint): readonly EndpointClass[] {
    return this.#base.runningTwins(endpoint);
  }

  origin(endpoint: EndpointClass): EndpointClass | undefined {
    return this.#extra.has(endpoint) ? this.#extra.get(endpoint) : endpoint;
  }

  #governedExtra(endpoint: EndpointClass): Governed {
    const known = this.#governed.get(endpoint) ?? this.#base.governingFor(endpoint);
    this.#governed.set(endpoint, known);
    return known;
  }

  #replace(old: EndpointClass, now: EndpointClass): void {
    this.#hidden.add(old);
    this.#extra.set(now, old);
  }

  #classFor(endpoint: Endpoint): EndpointClass {
    const namespace = this.#base.namespace(endpoint.ref.namespace);
    return {
      ...this.#base.featuresOf(endpoint),
      namespace,
      size: 1,
      pods: endpoint.ref.kind === "Pod" ? 1 : 0,
      members: () => [endpoint],
      identities: () => [this.#base.identityKey(endpoint)],
    };
  }
}

/** The cluster as it would be if `change` were admitted. */
export const withChange = (state: ClusterIndex, change: Replacement): ClusterState => new Overlay(state, change);
