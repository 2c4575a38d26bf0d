import type { Direction, EndpointSelector } from "../model/policies.ts";
import { matchesAnyNetwork, type EndpointClass } from "./endpoint-class.ts";
import { mayBeOpen } from "./policy-facts.ts";
import type { EndpointSet, Governing } from "./state.ts";

/** The endpoints of one selector, kept up to date as classes and their policies come and go. */
export class LiveEndpointSet implements EndpointSet {
  readonly selector: EndpointSelector;
  readonly #members = new Set<EndpointClass>();
  #version = 0;
  readonly #open: Readonly<Record<Direction, Set<EndpointClass>>> = { ingress: new Set(), egress: new Set() };

  constructor(selector: EndpointSelector) {
    this.selector = selector;
  }

  /** Rises when classes come or go, are open or not any more, or have next to no members. */
  get version(): number {
    return this.#version;
  }

  has(endpoint: EndpointClass): boolean {
    return this.#members.has(endpoint);
  }

  classes(): Iterable<EndpointClass> {
    return this.#members;
  }

  open(direction: Direction): Iterable<EndpointClass> {
    return this.#open[direction];
  }

  /** Takes over a class, or what has changed of its namespace's labels or its policies. */
  update(endpoint: EndpointClass, governing: Readonly<Record<Direction, Governing>>): void {
    this.remove(endpoint);
    if (matchesAnyNetwork(this.selector, endpoint) === false) return;
    this.#version++;
    this.#members.add(endpoint);
    if (mayBeOpen(governing.ingress, "ingress")) this.#open.ingress.add(endpoint);
    if (mayBeOpen(governing.egress, "egress")) this.#open.egress.add(endpoint);
  }

  /** Notes that a class has too few members to be sure that there are two. */
  resized(endpoint: EndpointClass): void {
    if (this.#members.has(endpoint)) this.#version++;
  }

  remove(endpoint: EndpointClass): void {
    if (this.#members.delete(endpoint)) this.#version++;
    this.#open.ingress.delete(endpoint);
    this.#open.egress.delete(endpoint);
  }
}
