import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { refKey, type ObjectRef } from "../model/objects.ts";

/** An admitted write that no watch has shown is taken back then: something after us may have refused it. */
const PENDING_MS = 90_000;

/** So many admitted writes wait for the watch at most; beyond, the oldest is left to the watch alone. */
const MOST_PENDING = 100_000;

/** A write that was stored is shown by the watch long before this; then it is doubtful, and nobody waits for it any more. */
const SHOWN_MS = 3000;

/** A list is taken over in slices of this length, with requests let through in between. */
const SLICE_MS = 5;

/** What was admitted and not yet seen. */
interface Pending {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  /** What the API server had when it was admitted, or has shown since. */
  readonly observed: ClusterObject | undefined;
  /** What was admitted: the new form, or nothing for a deletion. */
  readonly object: ClusterObject | undefined;
  /** Version that the write replaces; undefined for a creation. */
  readonly replaces: string | undefined;
  /** When it was admitted, by the clock. */
  readonly since: number;
  /** When it is taken back if nobody has seen it. */
  readonly expires: number;
}

/** What the API server showed last: an object of the same version needs no second look. */
interface Known {
  readonly ref: ObjectRef;
  readonly resourceVersion: string;
}

/**
 * A new pod that may not have been stored is one end more at most. Anything else may hide what is there: the API server asks
 * us before it finds that a name is taken, and others can refuse after us.
 */
const isDoubtful = ({ type, replaces, observed }: Pending): boolean =>
  type !== "endpoint" || replaces !== undefined || observed !== undefined;

/** Resource versions are decimal numbers that grow (https://kep.k8s.io/5504). */
const isLater = (version: string, than: string): boolean => {
  if (!/^[0-9]+$/.test(version) || !/^[0-9]+$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
};

/** Whether what the API server shows is still what the write replaces, or the one that has to go before a creation. */
const isOfBefore = ({ replaces, observed }: Pending, resourceVersion: string): boolean =>
  replaces === undefined ? observed !== undefined : !isLater(resourceVersion, replaces);

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
  readonly #known = new Map<string, Map<string, Known>>();
  /** In the order of their admission. */
  readonly #pending = new Map<string, Pending>();
  /** Those of them whose absence could make something open. */
  readonly #doubtful = new Map<string, Pending>();
  readonly #waiting = new Set<() => void>();

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
    const known = this.#knownOf(object.ref.kind);
    const isSame = known.get(key)?.resourceVersion === resourceVersion && resourceVersion !== "";
    const pending = this.#pending.get(key);
    if (isSame && pending === undefined) return;
    known.set(key, { ref: object.ref, resourceVersion });
    if (pending !== undefined && isOfBefore(pending, resourceVersion)) {
      this.#keep(key, { ...pending, observed: object });
      return;
    }
    this.#settle(key);
    this.#index.upsert(object);
  }

  /** The API server has this no more. */
  forget(ref: ObjectRef, type: ClusterObject["type"]): void {
    const key = refKey(ref);
    this.#knownOf(ref.kind).delete(key);
    const pending = this.#pending.get(key);
    // The one that had the name before went; the one that was admitted is still to come.
    if (pending?.object !== undefined && pending.replaces === undefined) {
      this.#keep(key, { ...pending, observed: undefined });
      return;
    }
    this.#settle(key);
    this.#index.remove(ref, type);
  }

  /** The API server has these of one kind, and no others. Requests are let through while it takes them over. */
  async replace(kind: string, type: ClusterObject["type"], objects: readonly VersionedObject[]): Promise<void> {
    const listed = new Set<string>();
    await this.#inSlices(objects, ({ object }) => listed.add(refKey(object.ref)));
    const known = this.#knownOf(kind);
    await this.#inSlices([...known.keys()], (key) => {
      const gone = listed.has(key) ? undefined : known.get(key);
      if (gone !== undefined) this.forget(gone.ref, type);
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
    const since = this.#now();
    // A creation under a name that is taken will most likely be refused: it gets the time that the watch needs, no more.
    const isTaken = object !== undefined && replaces === undefined && observed !== undefined;
    const expires = since + (isTaken ? SHOWN_MS : PENDING_MS);
    const entry: Pending = { ref, type, observed, object, replaces, since, expires };
    this.#pending.set(key, entry);
    if (isDoubtful(entry)) this.#doubtful.set(key, entry);
    this.#apply(ref, type, object);
    const [oldest] = this.#pending.values();
    if (this.#pending.size > MOST_PENDING && oldest !== undefined) this.#takeBack(oldest);
  }

  /** Resolves when the watch has shown what was admitted lately, or has had its time; undefined if there is nothing to wait for. */
  shown(): Promise<void> | undefined {
    const now = this.#now();
    const ends = [...this.#doubtful.values()].map(({ since }) => since + SHOWN_MS).filter((end) => end > now);
    if (ends.length === 0) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(done);
          resolve();
        },
        Math.max(...ends) - now,
      );
      const done = (): void => {
        if (this.#doubtful.size > 0) return;
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  /** Whether something was admitted that the watch has not shown, and that may never have been stored. */
  get inDoubt(): boolean {
    return this.#doubtful.size > 0;
  }

  /** Runs `work` on the state without what is in doubt. It must not wait for anything. */
  withoutDoubtful<T>(work: () => T): T {
    const entries = [...this.#doubtful.values()];
    for (const { ref, type, observed } of entries) this.#apply(ref, type, observed);
    try {
      return work();
    } finally {
      for (const { ref, type, object } of entries) this.#apply(ref, type, object);
    }
  }

  /** Takes back what was admitted long ago and never seen. */
  expire(): void {
    const now = this.#now();
    for (const pending of this.#pending.values()) {
      if (pending.expires <= now) this.#takeBack(pending);
    }
  }

  #knownOf(kind: string): Map<string, Known> {
    const known = this.#known.get(kind) ?? new Map<string, Known>();
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
    this.#settle(refKey(ref));
    this.#apply(ref, type, observed);
  }

  #keep(key: string, entry: Pending): void {
    this.#pending.set(key, entry);
    if (this.#doubtful.has(key)) this.#doubtful.set(key, entry);
  }

  #settle(key: string): void {
    this.#pending.delete(key);
    if (this.#doubtful.delete(key)) for (const done of [...this.#waiting]) done();
  }

  #apply(ref: ObjectRef, type: ClusterObject["type"], object: ClusterObject | undefined): void {
    if (object === undefined) this.#index.remove(ref, type);
    else this.#index.upsert(object);
  }
}
