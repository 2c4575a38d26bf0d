import type { Namespace } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Labels } from "../model/selectors.ts";
import { matchesAnyNetwork, type EndpointClass } from "./endpoint-class.ts";
import { MultiMap } from "./multi-map.ts";
import { coverOf, entriesOf } from "./selector-index.ts";

/** An inverted index from labels to whatever carries them. */
class Postings<V> {
  readonly #values = new MultiMap<V>();

  add(labels: Labels, value: V): void {
    for (const entry of entriesOf(labels)) this.#values.add(entry, value);
  }

  remove(labels: Labels, value: V): void {
    for (const entry of entriesOf(labels)) this.#values.delete(entry, value);
  }

  /** How many carry the label of this entry. */
  readonly cost = (entry: string): number => this.#values.count(entry);

  *values(entries: readonly string[]): Iterable<V> {
    if (entries.length === 1 && entries[0] !== undefined) yield* this.#values.get(entries[0]);
    else {
      const seen = new Set<V>();
      for (const entry of entries) for (const value of this.#values.get(entry)) seen.add(value);
      yield* seen;
    }
  }
}

/** Whether the selector leaves out nobody of the namespace that it names. */
const namesAll = (selector: EndpointSelector): boolean =>
  selector.pods.kind === "all" &&
  selector.namespaces.kind === "all" &&
  selector.serviceAccounts === undefined &&
  selector.namespaceGlobs === undefined;

/** Classes found by namespace and by label; a look-up walks the shortest list that is sure to hold every match. */
export class ClassLookup<C extends EndpointClass> {
  readonly #byNamespace = new MultiMap<C>();
  readonly #byLabel = new Postings<C>();
  readonly #namespaces = new Postings<string>();
  #count = 0;

  add(cls: C): void {
    this.#byNamespace.add(cls.namespace.name, cls);
    this.#byLabel.add(cls.labels, cls);
    this.#count++;
  }

  remove(cls: C): void {
    this.#byNamespace.delete(cls.namespace.name, cls);
    this.#byLabel.remove(cls.labels, cls);
    this.#count--;
  }

  addNamespace(namespace: Namespace): void {
    this.#namespaces.add(namespace.labels, namespace.name);
  }

  removeNamespace(namespace: Namespace): void {
    this.#namespaces.remove(namespace.labels, namespace.name);
  }

  in(namespace: string): Iterable<C> {
    return this.#byNamespace.get(namespace);
  }

  *all(): Iterable<C> {
    yield* this.#byNamespace.values();
  }

  /** Every class that the selector matches or may match, hostNetwork ones too. */
  select(selector: EndpointSelector): Iterable<C> {
    return selector.namespace !== undefined && namesAll(selector)
      ? this.in(selector.namespace)
      : this.#select(selector);
  }

  *#select(selector: EndpointSelector): Iterable<C> {
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
      return { pods, namespaces: { entries: [], cost: this.#byNamespace.count(selector.namespace) } };
    const perNamespace = this.#byNamespace.keyCount === 0 ? 1 : this.#count / this.#byNamespace.keyCount;
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
