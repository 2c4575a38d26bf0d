import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { refKey, type ObjectRef } from "../model/objects.ts";

/** An admitted write that no watch has shown is taken back then: something after us may have refused it. */
const PENDING_MS = 90_000;

/** So many admitted writes wait for the watch at most; beyond, the oldest is left to the watch alone. */
const MOST_PENDING = 100_000;

/** A list is taken over in slices of this length, with requests let through in between. */
const SLICE_MS = 5;

/** What was admitted and not yet seen. */
interface Pending {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  /** What the API server had when it was admitted, or has shown since. */
  readonly observed: ClusterObject | undefined;
  /** Version that the write replaces; undefined for a creation. */
  readonly replaces: string | undefined;
  readonly deletes: boolean;
  readonly expires: number;
}

/** Resource versions are decimal numbers that grow (https://kep.k8s.io/5504). */
const isLater = (version: string, than: string): boolean => {
  if (!/^[0-9]+$/.test(version) || !/^[0-9]+$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
};

/** One object with the version that the API server gave it. */
export interface VersionedObject {
  readonly object: ClusterObject;
  readonly resourceVersion: string;
}

/**
 * The watched objects of a cluster with what this process admitted laid over them, so that a decision counts at once
 * and not when its watch event arrives.
 */
export class WatchedObjects {
  readonly #index: ClusterIndex;
  readonly #now: () => number;
  /** What the API server has, by kind. */
  readonly #known = new Map<string, Map<string, ObjectRef>>();
  /** In the order of their expiry. */
  readonly #pending = new Map<string, Pending>();

  constructor(index: ClusterIndex, now: () => number = () => performance.now()) {
    this.#index = index;
    this.#now = now;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** The API server has this. */
  observe({ object, resourceVersion }: VersionedObject): void {
    const key = refKey(object.ref);
    this.#knownOf(object.ref.kind).set(key, object.ref);
    const pending = this.#pending.get(key);
    if (pending?.replaces !== undefined && !isLater(resourceVersion, pending.replaces)) {
      this.#pending.set(key, { ...pending, observed: object });
      return;
    }
    this.#pending.delete(key);
    this.#index.upsert(object);
  }

  /** The API server has this no more. */
  forget(ref: ObjectRef, type: ClusterObject["type"]): void {
    const key = refKey(ref);
    this.#knownOf(ref.kind).delete(key);
    const pending = this.#pending.get(key);
    // The one that had the name before went; the one that was admitted is still to come.
    if (pending !== undefined && !pending.deletes && pending.replaces === undefined) return;
    this.#pending.delete(key);
    this.#index.remove(ref, type);
  }

  /** The API server has these of one kind, and no others. Requests are let through while it takes them over. */
  async replace(kind: string, type: ClusterObject["type"], objects: readonly VersionedObject[]): Promise<void> {
    const listed = new Set(objects.map(({ object }) => refKey(object.ref)));
    await this.#inSlices([...this.#knownOf(kind)], ([key, ref]) => {
      if (!listed.has(key)) this.forget(ref, type);
    });
    await this.#inSlices(objects, (object) => {
      this.observe(object);
    });
  }

  /** This process admitted a write: the new form, or undefined for a deletion. */
  admit(
    ref: ObjectRef,
    type: ClusterObject["type"],
    object: ClusterObject | undefined,
    replaces: string | undefined,
  ): void {
    const key = refKey(ref);
    const pending = this.#pending.get(key);
    const observed = pending === undefined ? this.#index.object(ref, type) : pending.observed;
    this.#pending.delete(key);
    this.#pending.set(key, {
      ref,
      type,
      observed,
      replaces,
      deletes: object === undefined,
      expires: this.#now() + PENDING_MS,
    });
    if (object === undefined) this.#index.remove(ref, type);
    else this.#index.upsert(object);
    const [oldest] = this.#pending.values();
    if (this.#pending.size > MOST_PENDING && oldest !== undefined) this.#takeBack(oldest);
  }

  /** Takes back what was admitted long ago and never seen. */
  expire(): void {
    const now = this.#now();
    for (const pending of this.#pending.values()) {
      if (pending.expires > now) return;
      this.#takeBack(pending);
    }
  }

  #knownOf(kind: string): Map<string, ObjectRef> {
    const known = this.#known.get(kind) ?? new Map<string, ObjectRef>();
    this.#known.set(kind, known);
    return known;
  }

  async #inSlices<T>(items: readonly T[], take: (item: T) => void): Promise<void> {
    let end = performance.now() + SLICE_MS;
    for (const item of items) {
      take(item);
      if (performance.now() < end) continue;
      await nextTurn();
      end = performance.now() + SLICE_MS;
    }
  }

  #takeBack({ ref, type, observed }: Pending): void {
    this.#pending.delete(refKey(ref));
    if (observed === undefined) this.#index.remove(ref, type);
    else this.#index.upsert(observed);
  }
}
