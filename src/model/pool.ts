/** Beyond so many the pool starts afresh: sharing saves memory, and must not cost it. */
const MOST_ENTRIES = 50_000;

/** Keeps one of each of many equal values, so that ten thousand policies share what they have in common. */
export class Pool<V> {
  readonly #values = new Map<string, V>();

  /** The value of this key, made when it is first asked for. */
  get(key: string, make: () => V): V {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= MOST_ENTRIES) this.#values.clear();
    const value = make();
    this.#values.set(key, value);
    return value;
  }
}

const texts = new Pool<string>();

/** One copy of equal texts. */
export const shared = (text: string): string => texts.get(text, () => text);
