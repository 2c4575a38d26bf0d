import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { refKey, type ObjectRef } from "../model/objects.ts";

/** An admitted write that no watch has shown is taken back then: something after us may have refused it. */
const PENDING_MS = 90_000;

/** So many admitted writes wait for the watch at most; beyond, the oldest is left to the watch alone. */
const MOST_PENDING = 100_000;

/** What the API server is known to hold of one object. */
interface Observed {
  readonly object: ClusterObject;
  readonly resourceVersion: string;
}

/** What was admitted and not yet seen: the new form, or nothing for a deletion. */
interface Pending {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  readonly object: ClusterObject | undefined;
  /** Version that the write replaces; undefined for a creation. */
  readonly replaces: string | undefined;
  readonly expires: number;
}

/** Resource versions are decimal numbers that grow (https://kep.k8s.io/5504). */
const isLater = (version: string, than: string): boolean => {
  if (!/^[0-9]+$/.test(version) || !/^[0-9]+$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
};

/**
 * The watched objects of a cluster with what this process admitted laid over them, so that a decision counts at once
 * and not when its watch event arrives.
 */
export class WatchedObjects {
  readonly #index: ClusterIndex;
  readonly #now: () => number;
  readonly #observed = new Map<string, Observed>();
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
  observe(object: ClusterObject, resourceVersion: string): void {
    const key = refKey(object.ref);
    this.#observed.set(key, { object, resourceVersion });
    const pending = this.#pending.get(key);
    if (pending?.replaces !== undefined && !isLater(resourceVersion, pending.replaces)) return;
    this.#pending.delete(key);
    this.#index.upsert(object);
  }

  /** The API server has this no more. */
  forget(ref: ObjectRef): void {
    const key = refKey(ref);
    const observed = this.#observed.get(key);
    this.#observed.delete(key);
    const pending = this.#pending.get(key);
    if (pending?.object !== undefined && pending.replaces === undefined) return;
    this.#pending.delete(key);
    if (observed !== undefined) this.#index.remove(ref, observed.object.type);
    else if (pending !== undefined) this.#index.remove(ref, pending.type);
  }

  /** The API server has these of one kind, and no others. */
  replace(kind: string, objects: readonly { readonly object: ClusterObject; readonly resourceVersion: string }[]): void {
    const kept = new Set(objects.map(({ object }) => refKey(object.ref)));
    for (const [key, { object }] of this.#observed) if (object.ref.kind === kind && !kept.has(key)) this.forget(object.ref);
    for (const { object, resourceVersion } of objects) this.observe(object, resourceVersion);
  }

  /** This process admitted a write. */
  admit(ref: ObjectRef, type: ClusterObject["type"], object: ClusterObject | undefined, replaces: string | undefined): void {
    const key = refKey(ref);
    this.#pending.delete(key);
    this.#pending.set(key, { ref, type, object, replaces, expires: this.#now() + PENDING_MS });
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

  #takeBack(pending: Pending): void {
    const key = refKey(pending.ref);
    this.#pending.delete(key);
    const observed = this.#observed.get(key);
    if (observed === undefined) this.#index.remove(pending.ref, pending.type);
    else this.#index.upsert(observed.object);
  }
}
