import type { Namespace } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Labels } from "../model/selectors.ts";
import { matchesAnyNetwork, type EndpointClass } from "./endpoint-class.ts";
import { coverOf, entriesOf } from "./selector-index.ts";

/** An inverted index from labels to whatever carries them. */
class Postings<V> {
  readonly #sets = new Map<string, Set<V>>();

  add(labels: Labels, value: V): void {
    for (const entry of entriesOf(labels)) {
      const set = this.#sets.get(entry);
      if (set === undefined) this.#sets.set(entry, new Set([value]));
      else set.add(value);
    }
  }

  remove(labels: Labels, value: V): void {
    for (const entry of entriesOf(labels)) {
      const set = this.#sets.get(entry);
      set?.delete(value);
      if (set?.size === 0) this.#sets.delete(entry);
    }
  }

  /** How many carry the label of this entry. */
  readonly cost = (entry: string): number => this.#sets.get(entry)?.size ?? 0;

  *values(entries: readonly string[]): Iterable<V> {
    if (entries.length === 1 && entries[0] !== undefined) yield* this.#sets.get(entries[0]) ?? [];
    else {
      const seen = new Set<V>();
      for (const entry of entries) for (const value of this.#sets.get(entry) ?? []) seen.add(value);
      yield* seen;
    }
  }
}

/** Classes found by namespace and by label; a look-up walks the shortest list that is sure to hold every match. */
export class ClassLookup<C extends EndpointClass> {
  readonly #byNamespace = new Map<string, Set<C>>();
  readonly #byLabel = new Postings<C>();
  readonly #namespaces = new Postings<string>();
  #count = 0;

  add(cls: C): void {
    const known = this.#byNamespace.get(cls.namespace.name);
    if (known === undefined) this.#byNamespace.set(cls.namespace.name, new Set([cls]));
    else known.add(cls);
    this.#byLabel.add(cls.labels, cls);
    this.#count++;
  }

  remove(cls: C): void {
    const known = this.#byNamespace.get(cls.namespace.name);
    known?.delete(cls);
    if (known?.size === 0) this.#byNamespace.delete(cls.namespace.name);
    this.#byLabel.remove(cls.labels, cls);
    this.#count--;
  }

  addNamespace(namespace: Namespace): void {
    this.#namespaces.add(namespace.labels, namespace.name);
  }

  removeNamespace(namespace: Namespace): void {
    this.#namespaces.remove(namespace.labels, namespace.name);
  }

  in(namespace: string): ReadonlySet<C> {
    return this.#byNamespace.get(namespace) ?? new Set();
  }

  *all(): Iterable<C> {
    for (const classes of this.#byNamespace.values()) yield* classes;
  }

  /** Every class that the selector matches or may match, hostNetwork ones too. */
  *select(selector: EndpointSelector): Iterable<C> {
    for (const cls of this.#candidates(selector)) if (matchesAnyNetwork(selector, cls) !== false) yield cls;
  }

  /** About how many classes a `select` looks at. */
  estimate(selector: EndpointSelector): number {
    const { pods, namespaces } = this.#covers(selector);
    return Math.min(pods?.cost ?? this.#count, namespaces?.cost ?? this.#count);
  }

  #covers(selector: EndpointSelector): { readonly pods: Priced | undefined; readonly namespaces: Priced | undefined } {
    const priced = (
      entries: readonly string[] | undefined,
      cost: (entry: string) => number,
      each: number,
    ): Priced | undefined => entries && { entries, cost: each * entries.reduce((sum, entry) => sum + cost(entry), 0) };
    const pods = priced(coverOf(selector.pods, this.#byLabel.cost), this.#byLabel.cost, 1);
    if (selector.namespace !== undefined)
      return { pods, namespaces: { entries: [], cost: this.in(selector.namespace).size } };
    const perNamespace = this.#byNamespace.size === 0 ? 1 : this.#count / this.#byNamespace.size;
    return {
      pods,
      namespaces: priced(coverOf(selector.namespaces, this.#namespaces.cost), this.#namespaces.cost, perNamespace),
    };
  }

  *#candidates(selector: EndpointSelector): Iterable<C> {
    const { pods, namespaces } = this.#covers(selector);
    if (pods !== undefined && (namespaces === undefined || pods.cost <= namespaces.cost))
      yield* this.#byLabel.values(pods.entries);
    else if (selector.namespace !== undefined) yield* this.in(selector.namespace);
    else if (namespaces !== undefined)
      for (const name of this.#namespaces.values(namespaces.entries)) yield* this.in(name);
    else yield* this.all();
  }
}

interface Priced {
  readonly entries: readonly string[];
  readonly cost: number;
}
