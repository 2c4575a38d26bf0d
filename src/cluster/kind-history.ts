import type { ObjectRef } from "../model/objects.ts";
import { isEarlier, isLater } from "./resource-versions.ts";

/** What the API server showed last of one object; another value whenever it showed something else. */
export interface Known {
  readonly ref: ObjectRef;
  /** Of the object as it was shown; "" is the same as nothing else. */
  readonly resourceVersion: string;
}

/** So many objects are known to be ahead of the watch at most; beyond, the oldest is left to the watch alone. */
const MOST_AHEAD = 100_000;

/**
 * Up to which resource version each object of one kind is known: a watch, a second one beside it and single reads tell
 * of the same object in no order, and what is older than what was told must not bring an old state back.
 */
export class KindHistory {
  readonly #known = new Map<string, Known>();
  /** Everything up to here has been told. */
  #reached: string | undefined;
  /** Objects that were read alone, each with the version up to which it is known; only what is not reached yet. */
  readonly #ahead = new Map<string, string>();

  /** The version up to which everything has been told. */
  get reached(): string | undefined {
    return this.#reached;
  }

  /** Whether all there is to know of this object up to `version` is known. */
  isOld(key: string, version: string): boolean {
    return this.hasReached(version) || !this.#isBeyond(key, version);
  }

  /** Whether everything up to `version` has been told. */
  hasReached(version: string): boolean {
    return this.#reached !== undefined && !isLater(version, this.#reached);
  }

  /** Whether a single read knows more of this object than a list at `version`. */
  isAheadOf(key: string, version: string): boolean {
    const ahead = this.#ahead.get(key);
    return ahead !== undefined && isLater(ahead, version);
  }

  /** Everything up to `version` has been told. */
  reach(version: string): void {
    if (this.hasReached(version)) return;
    this.#reached = version;
    for (const [key, ahead] of this.#ahead) if (!isLater(ahead, version)) this.#ahead.delete(key);
  }

  /** This object alone is known up to `version`. */
  readAt(key: string, version: string): void {
    this.#ahead.delete(key);
    this.#ahead.set(key, version);
    const [oldest] = this.#ahead.keys();
    if (this.#ahead.size > MOST_AHEAD && oldest !== undefined) this.#ahead.delete(oldest);
  }

  /**
   * A list at `version`, asked for after all that was told, is to be taken over. One that is older than that comes of
   * an etcd that was restored from a backup: then nothing that was told counts any more.
   */
  begin(version: string): void {
    if (this.#reached === undefined || !isEarlier(version, this.#reached)) return;
    this.#reached = undefined;
    this.#ahead.clear();
    for (const [key, { ref }] of this.#known) this.#known.set(key, { ref, resourceVersion: "" });
  }

  /** What was shown last of an object; undefined if there is none. */
  known(key: string): Known | undefined {
    return this.#known.get(key);
  }

  show(key: string, known: Known): void {
    this.#known.set(key, known);
  }

  /** The object is there no more; whether it was. */
  forget(key: string): boolean {
    return this.#known.delete(key);
  }

  keys(): readonly string[] {
    return [...this.#known.keys()];
  }

  #isBeyond(key: string, version: string): boolean {
    const ahead = this.#ahead.get(key);
    return ahead === undefined || isLater(version, ahead);
  }
}
