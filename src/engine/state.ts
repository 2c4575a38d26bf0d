import type { AddressSet } from "../model/addresses.ts";
import type { Endpoint, Namespace, ObjectRef } from "../model/objects.ts";
import type { Direction, EndpointSelector, Policy, Tier } from "../model/policies.ts";
import type { EndpointClass } from "./endpoint-class.ts";

/** The policies of one tier that govern an endpoint in one direction, in their order. */
export interface Stage {
  readonly tier: Tier;
  readonly policies: readonly Policy[];
}

/** The tiers that govern an endpoint in one direction, in their order. None: it is not isolated. */
export type Governing = readonly Stage[];

/** The endpoints of a selector that rules ask for again and again, kept up to date. */
export interface EndpointSet {
  readonly selector: EndpointSelector;
  has(endpoint: EndpointClass): boolean;
  classes(): Iterable<EndpointClass>;
  /**
   * Those that may be open in a direction without a rule that names the other end: nothing isolates them, or a rule
   * speaks of everybody or of addresses. May hold more than that, never less.
   */
  open(direction: Direction): Iterable<EndpointClass>;
}

/** A cluster as judging sees it: a value. Reading it never changes what it says. */
export interface ClusterState {
  namespace(name: string): Namespace;
  /** Policies whose own namespace this is: the same list as long as none of them changes. */
  policiesIn(namespace: string): readonly Policy[];
  policy(ref: ObjectRef): Policy | undefined;
  endpoint(ref: ObjectRef): Endpoint | undefined;
  classOf(ref: ObjectRef): EndpointClass | undefined;
  /** Every class of the namespace, hostNetwork ones too. */
  classesIn(namespace: string): Iterable<EndpointClass>;
  /** Every class that the selector matches, or may match. */
  select(selector: EndpointSelector): Iterable<EndpointClass>;
  /** About how many classes a `select` looks at. */
  estimate(selector: EndpointSelector): number;
  governing(endpoint: EndpointClass, direction: Direction): Governing;
  /** Policies with a rule in `direction` whose peers may name this class; some that do not, each once. */
  naming(endpoint: EndpointClass, direction: Direction): Iterable<Policy>;
  set(selector: EndpointSelector): EndpointSet;
  /** Whether an endpoint may have one of these addresses; may say so when none has, never the other way round. */
  mayHold(block: AddressSet): boolean;
  /** Classes of running pods with the identity of this endpoint, itself left out. */
  runningTwins(endpoint: Endpoint): readonly EndpointClass[];
  /** The class as it is in the state that this one was made from; undefined if it was not there. */
  origin(endpoint: EndpointClass): EndpointClass | undefined;
}
