import type { Namespace } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Labels, Selector } from "../model/selectors.ts";

import { MultiMap } from "./multi-map.ts";

/** Beyond so many values of one requirement, "has the key" is as good an entry and much smaller. */
const MOST_VALUES = 16;

/** Texts of which at least one is found among the labels of whatever the selector matches. */
type Cover = readonly string[];

// Joined, not added up: V8 keeps both halves of a sum of strings.
const labelEntry = (key: string, value: string): string => [key, value].join("=");
const keyEntry = (key: string): string => `${key}?`;

/**
 * The cheapest cover of a selector by `key=value` and `key?` entries, by the cost of looking through each entry;
 * undefined when the selector may match an object without any label that it names.
 */
export const coverOf = (selector: Selector, cost: (entry: string) => number): Cover | undefined => {
  switch (selector.kind) {
    case "in":
      return selector.values.length > MOST_VALUES
        ? [keyEntry(selector.key)]
        : selector.values.map((value) => labelEntry(selector.key, value));
    case "exists":
      return [keyEntry(selector.key)];
    case "and": {
      const covers = selector.of.map((part) => coverOf(part, cost)).filter((cover) => cover !== undefined);
      const price = (cover: Cover): number => cover.reduce((sum, entry) => sum + cost(entry), 0);
      return covers.reduce<Cover | undefined>(
        (best, cover) => (best === undefined || price(cover) < price(best) ? cover : best),
        undefined,
      );
    }
    case "or": {
      const covers = selector.of.map((part) => coverOf(part, cost));
      return covers.some((cover) => cover === undefined) ? undefined : covers.flatMap((cover) => cover ?? []);
    }
    case "all":
    case "not":
    case "unknown":
      return undefined;
  }
};

/** Every entry that an object with these labels is found under. */
export function* entriesOf(labels: Labels): Iterable<string> {
  for (const [key, value] of labels) {
    yield labelEntry(key, value);
    yield keyEntry(key);
  }
}

/** Whose labels an entry speaks of, and within which namespace ("" for any). */
const scoped = (scope: string, side: "n" | "p", entry: string): string => [scope, side, entry].join("\u0000");
const unconditional = (scope: string): string => `${scope}\u0000`;

/**
 * Finds, from an endpoint's namespace and labels, the values filed under selectors that may match it: an inverted
 * index on one required label each, the rarest. A look-up costs the endpoint's labels, not the selectors.
 */
export class SelectorIndex<V> {
  readonly #postings = new MultiMap<V>();

  /** Files `value`; the entries returned take it out again. A value filed under two selectors is found once by each. */
  add(selector: EndpointSelector, value: V): readonly string[] {
    const scope = selector.namespace ?? "";
    const cost = (side: "n" | "p") => (entry: string) => this.#postings.count(scoped(scope, side, entry));
    const byNamespace = scope === "" ? coverOf(selector.namespaces, cost("n")) : undefined;
    const byPod = coverOf(selector.pods, cost("p"));
    const total = (cover: Cover, side: "n" | "p"): number => cover.reduce((sum, entry) => sum + cost(side)(entry), 0);
    const useNamespace =
      byNamespace !== undefined && (byPod === undefined || total(byNamespace, "n") <= total(byPod, "p"));
    const entries = useNamespace
      ? byNamespace.map((entry) => scoped(scope, "n", entry))
      : (byPod?.map((entry) => scoped(scope, "p", entry)) ?? [unconditional(scope)]);
    for (const entry of entries) this.#postings.add(entry, value);
    return entries;
  }

  /** Takes `value` out of entries that `add` returned. */
  remove(entries: readonly string[], value: V): void {
    for (const entry of entries) this.#postings.delete(entry, value);
  }

  /** Visits every value whose selector may match; some that do not, and some more than once. */
  visit(namespace: Namespace, labels: Labels, visit: (value: V) => void): void {
    const look = (entry: string): void => {
      this.#postings.forEach(entry, visit);
    };
    look(unconditional(""));
    look(unconditional(namespace.name));
    for (const entry of entriesOf(namespace.labels)) look(scoped("", "n", entry));
    for (const entry of entriesOf(labels)) {
      look(scoped("", "p", entry));
      look(scoped(namespace.name, "p", entry));
    }
  }
}
