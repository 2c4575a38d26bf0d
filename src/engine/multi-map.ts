import { added, countOf, each, removed, type Few } from "./few.ts";

/** Several values under one key. */
export class MultiMap<V> {
  readonly #entries = new Map<string, Few<V>>();

  add(key: string, value: V): void {
    const known = this.#entries.get(key);
    const next = added(known, value);
    if (next !== known) this.#entries.set(key, next);
  }

  delete(key: string, value: V): void {
    const known = this.#entries.get(key);
    const next = removed(known, value);
    if (next === undefined) this.#entries.delete(key);
    else if (next !== known) this.#entries.set(key, next);
  }

  /** Forgets a key with all its values. */
  deleteAll(key: string): void {
    this.#entries.delete(key);
  }

  /** How many values a key has. */
  count(key: string): number {
    return countOf(this.#entries.get(key));
  }

  get(key: string): Iterable<V> {
    return each(this.#entries.get(key));
  }

  forEach(key: string, visit: (value: V) => void): void {
    const known = this.#entries.get(key);
    if (known instanceof Set) known.forEach(visit);
    else if (known !== undefined) visit(known);
  }

  /** How many keys have a value. */
  get keyCount(): number {
    return this.#entries.size;
  }

  *values(): Iterable<V> {
    for (const known of this.#entries.values()) yield* each(known);
  }
}
