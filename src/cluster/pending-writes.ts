import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";
import { isLater } from "./resource-versions.ts";

/** An admitted write that no watch has shown is taken back then: something after us may have refused it. */
const PENDING_MS = 90_000;

/** So many admitted writes wait for the watch at most; beyond, the oldest is left to the watch alone. */
const MOST_PENDING = 100_000;

/** A write that was stored is shown by the watch long before this; then it is doubtful, and nobody waits for it any more. */
const SHOWN_MS = 3000;

/** What was admitted and not yet seen. */
export interface Pending {
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

/**
 * A new pod that may not have been stored is one end more at most. Anything else may hide what is there: the API server asks
 * us before it finds that a name is taken, and others can refuse after us.
 */
const isDoubtful = ({ type, replaces, observed }: Pending): boolean =>
  type !== "endpoint" || replaces !== undefined || observed !== undefined;

/** Whether what the API server shows is still what the write replaces, or the one that has to go before a creation. */
export const isOfBefore = ({ replaces, observed }: Pending, resourceVersion: string): boolean =>
  replaces === undefined ? observed !== undefined : !isLater(resourceVersion, replaces);

/** Writes that this process admitted and that no watch has shown. */
export class PendingWrites {
  readonly #now: () => number;
  /** In the order of their admission. */
  readonly #pending = new Map<string, Pending>();
  /** Those of them whose absence could make something open. */
  readonly #doubtful = new Map<string, Pending>();
  readonly #waiting = new Set<() => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Whether there is any of those that may never have been stored, and whose absence could make something open. */
  get inDoubt(): boolean {
    return this.#doubtful.size > 0;
  }

  /** All of those. */
  get doubtful(): readonly Pending[] {
    return [...this.#doubtful.values()];
  }

  get(key: string): Pending | undefined {
    return this.#pending.get(key);
  }

  /** A write was admitted; the one that is too many then is returned. */
  add(key: string, write: Omit<Pending, "since" | "expires">): Pending | undefined {
    const isSecond = this.#pending.delete(key);
    const since = this.#now();
    // A creation under a name that is taken will most likely be refused: it gets the time that the watch needs, no more.
    const isTaken = write.object !== undefined && write.replaces === undefined && write.observed !== undefined;
    const entry: Pending = { ...write, since, expires: since + (isTaken ? SHOWN_MS : PENDING_MS) };
    this.#pending.set(key, entry);
    // Of two creations under one name the API server refuses one, and it may be this one.
    if (isSecond || isDoubtful(entry)) this.#doubtful.set(key, entry);
    else this.#trust(key);
    return this.#pending.size > MOST_PENDING ? this.#pending.values().next().value : undefined;
  }

  /** The API server has shown something else of it, which is not the write itself. */
  keep(key: string, entry: Pending): void {
    this.#pending.set(key, entry);
    if (this.#doubtful.has(key)) this.#doubtful.set(key, entry);
  }

  /** Nothing is awaited of it any more. */
  settle(key: string): void {
    this.#pending.delete(key);
    this.#trust(key);
  }

  /** Those whose time is over. */
  expired(): readonly Pending[] {
    const now = this.#now();
    return [...this.#pending.values()].filter(({ expires }) => expires <= now);
  }

  /** Resolves when none is in doubt, or all have had their time; undefined if there is nothing to wait for. */
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

  #trust(key: string): void {
    if (this.#doubtful.delete(key)) for (const done of [...this.#waiting]) done();
  }
}
