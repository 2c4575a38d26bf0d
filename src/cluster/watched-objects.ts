import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { refKey, refText, type ObjectRef } from "../model/objects.ts";
import { inSlices } from "./in-slices.ts";
import { KindHistory } from "./kind-history.ts";
import { isOfBefore, PendingWrites, type Pending } from "./pending-writes.ts";

/** One object with the version that the API server gave it. */
export interface VersionedObject {
  readonly object: ClusterObject;
  readonly resourceVersion: string;
}

/** An object that is there and cannot be understood. */
export interface MisreadObject {
  readonly ref: ObjectRef;
  readonly resourceVersion: string;
  /** What could not be understood. */
  readonly problem: string;
}

/** What a read of one object alone, past all caches, found at a version of its collection. */
export interface Reading {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  /** Undefined: there is none, or none that is kept. */
  readonly found: VersionedObject | MisreadObject | undefined;
  readonly resourceVersion: string;
}

/** Which object it is. */
export const refOfItem = (item: VersionedObject | MisreadObject): ObjectRef =>
  "object" in item ? item.object.ref : item.ref;

/** What was admitted, as it counts before it is seen: a request can say that a pod runs, and only the cluster shows it. */
const unseen = (object: ClusterObject | undefined): ClusterObject | undefined =>
  object?.type === "endpoint" && object.endpoint.phase === "running"
    ? { ...object, endpoint: { ...object.endpoint, phase: "pending" } }
    : object;

/**
 * The watched objects of a cluster with what this process admitted laid over them, so that a decision counts at once
 * and not when its watch event arrives. What comes late turns nothing back: see KindHistory.
 */
export class WatchedObjects {
  readonly #index: ClusterIndex;
  readonly #pending: PendingWrites;
  /** What the API server has, by kind. */
  readonly #histories = new Map<string, KindHistory>();
  /** Objects that are there and cannot be understood, each with the reason. */
  readonly #misread = new Map<string, string>();

  constructor(index: ClusterIndex, now: () => number = () => performance.now()) {
    this.#index = index;
    this.#pending = new PendingWrites(now);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** One of the objects that are there and cannot be understood, with the reason; undefined if there is none. */
  get misread(): string | undefined {
    return this.#misread.values().next().value;
  }

  /** A watch shows this. */
  observe(item: VersionedObject | MisreadObject): void {
    const { kind } = refOfItem(item);
    if (!this.#historyOf(kind).isOld(refKey(refOfItem(item)), item.resourceVersion)) this.#take(item);
  }

  /** A watch shows that this went, at a version of its collection. */
  forget(ref: ObjectRef, type: ClusterObject["type"], resourceVersion: string): void {
    if (!this.#historyOf(ref.kind).isOld(refKey(ref), resourceVersion)) this.#drop(ref, type);
  }

  /** All changes of this kind up to a version were handed over. */
  reach(kind: string, resourceVersion: string): void {
    this.#historyOf(kind).reach(resourceVersion);
  }

  /** The version up to which all changes of this kind were handed over; undefined before the first list. */
  reached(kind: string): string | undefined {
    return this.#historyOf(kind).reached;
  }

  /** Whether all changes of this kind up to a version were handed over. */
  hasReached(kind: string, resourceVersion: string): boolean {
    return this.#historyOf(kind).hasReached(resourceVersion);
  }

  /** The API server has these of one kind at a version, and no others. Requests are let through while it takes them over. */
  async replace(
    kind: string,
    type: ClusterObject["type"],
    objects: readonly (VersionedObject | MisreadObject)[],
    resourceVersion: string,
  ): Promise<void> {
    const history = this.#historyOf(kind);
    history.begin(resourceVersion);
    const listed = new Set<string>();
    await inSlices(objects, (item) => listed.add(refKey(refOfItem(item))));
    await inSlices(history.keys(), (key) => {
      const gone = listed.has(key) || history.isAheadOf(key, resourceVersion) ? undefined : history.known(key);
      if (gone !== undefined) this.#drop(gone.ref, type);
    });
    await inSlices(objects, (item) => {
      if (!history.isAheadOf(refKey(refOfItem(item)), resourceVersion)) this.#take(item);
    });
    history.reach(resourceVersion);
  }

  /** An object was read alone, which may be ahead of the watch. */
  read({ ref, type, found, resourceVersion }: Reading): void {
    const key = refKey(ref);
    const history = this.#historyOf(ref.kind);
    if (history.isOld(key, resourceVersion)) return;
    history.readAt(key, resourceVersion);
    if (found !== undefined) this.#take(found);
    else if (history.known(key) !== undefined || this.#pending.get(key) !== undefined) this.#drop(ref, type);
  }

  /** Stands for all that is held of an object: another value whenever that has changed. */
  stamp(ref: ObjectRef): unknown {
    const key = refKey(ref);
    return this.#pending.get(key) ?? this.#historyOf(ref.kind).known(key);
  }

  /** This process admitted a write: the new form, or undefined for a deletion. */
  admit(
    ref: ObjectRef,
    type: ClusterObject["type"],
    admitted: ClusterObject | undefined,
    replaces: string | undefined,
  ): void {
    const key = refKey(ref);
    const object = unseen(admitted);
    const pending = this.#pending.get(key);
    const observed = pending === undefined ? this.#index.object(ref, type) : pending.observed;
    const tooMany = this.#pending.add(key, { ref, type, observed, object, replaces });
    this.#apply(ref, type, object);
    if (tooMany !== undefined) this.#takeBack(tooMany);
  }

  /** Resolves when the watch has shown what was admitted lately, or has had its time; undefined if there is nothing to wait for. */
  shown(): Promise<void> | undefined {
    return this.#pending.shown();
  }

  /** Whether something was admitted that the watch has not shown, and that may never have been stored. */
  get inDoubt(): boolean {
    return this.#pending.inDoubt;
  }

  /** Runs `work` on the state without what is in doubt. It must not wait for anything. */
  withoutDoubtful<T>(work: () => T): T {
    const entries = this.#pending.doubtful;
    for (const { ref, type, observed } of entries) this.#apply(ref, type, observed);
    try {
      return work();
    } finally {
      for (const { ref, type, object } of entries) this.#apply(ref, type, object);
    }
  }

  /** Takes back what was admitted long ago and never seen. */
  expire(): void {
    for (const pending of this.#pending.expired()) this.#takeBack(pending);
  }

  #historyOf(kind: string): KindHistory {
    const history = this.#histories.get(kind) ?? new KindHistory();
    this.#histories.set(kind, history);
    return history;
  }

  #take(item: VersionedObject | MisreadObject): void {
    const { resourceVersion } = item;
    const ref = refOfItem(item);
    const key = refKey(ref);
    const history = this.#historyOf(ref.kind);
    const isSame = history.known(key)?.resourceVersion === resourceVersion && resourceVersion !== "";
    const pending = this.#pending.get(key);
    const isBefore = pending !== undefined && isOfBefore(pending, resourceVersion);
    if (isSame && (pending === undefined || isBefore)) return;
    history.show(key, { ref, resourceVersion });
    if (!("object" in item)) {
      this.#misread.set(key, `${refText(ref)}: ${item.problem}`);
      return;
    }
    this.#misread.delete(key);
    if (isBefore) {
      this.#pending.keep(key, { ...pending, observed: item.object });
      return;
    }
    this.#pending.settle(key);
    this.#index.upsert(item.object);
  }

  #drop(ref: ObjectRef, type: ClusterObject["type"]): void {
    const key = refKey(ref);
    this.#historyOf(ref.kind).forget(key);
    this.#misread.delete(key);
    const pending = this.#pending.get(key);
    // The one that had the name before went; the one that was admitted is still to come.
    if (pending?.object !== undefined && pending.replaces === undefined) {
      this.#pending.keep(key, { ...pending, observed: undefined });
      return;
    }
    this.#pending.settle(key);
    this.#index.remove(ref, type);
  }

  #takeBack({ ref, type, observed }: Pending): void {
    this.#pending.settle(refKey(ref));
    this.#apply(ref, type, observed);
  }

  #apply(ref: ObjectRef, type: ClusterObject["type"], object: ClusterObject | undefined): void {
    if (object === undefined) this.#index.remove(ref, type);
    else this.#index.upsert(object);
  }
}
