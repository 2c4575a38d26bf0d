/**
 * Several values under one key. Most keys of our indexes have one value, and a Set of one costs ten times the entry: so one
 * is kept bare. Values must not be Sets.
 */
export class MultiMap<V> {
  readonly #entries = new Map<string, V | Set<V>>();

  add(key: string, value: V): void {
    const known = this.#entries.get(key);
    if (known instanceof Set) known.add(value);
    else if (known === undefined) this.#entries.set(key, value);
    else if (known !== value) this.#entries.set(key, new Set([known, value]));
  }

  delete(key: string, value: V): void {
    const known = this.#entries.get(key);
    if (known === value) this.#entries.delete(key);
    else if (known instanceof Set) {
      known.delete(value);
      if (known.size === 0) this.#entries.delete(key);
    }
  }

  /** Forgets a key with all its values. */
  deleteAll(key: string): void {
    this.#entries.delete(key);
  }

  /** How many values a key has. */
  count(key: string): number {
    const known = this.#entries.get(key);
    return known instanceof Set ? known.size : known === undefined ? 0 : 1;
  }

  get(key: string): Iterable<V> {
    const known = this.#entries.get(key);
    return known instanceof Set ? known : known === undefined ? [] : [known];
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
    for (const known of this.#entries.values())
      if (known instanceof Set) yield* known;
      else yield known;
  }
}
