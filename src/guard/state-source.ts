import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Change } from "./change.ts";
import type { UnsupportedLanguage } from "./unsupported.ts";
import type { Verdict } from "./verdict.ts";

/** Something in the state is not as it was. */
export interface StateChange {
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  /** Who is touched by it, where it is no endpoint itself. */
  readonly selectors: readonly EndpointSelector[];
}

/** Told what becomes of a state. */
export interface StateFollower {
  readonly changed: (change: StateChange) => void;
  /** A new list was taken over: anything may have changed. */
  readonly relisted: () => void;
}

/** Where the guard reads the cluster's state: a folder, or an API server that is watched. */
export interface StateSource {
  readonly index: ClusterIndex;
  /** The languages of policies that the cluster has, or may have, and that the index lacks because they are not judged. */
  unsupported(): readonly UnsupportedLanguage[];
  /** Resolves when the state is complete for the first time; rejects with GuardError when it is stopped before. */
  firstSync(): Promise<void>;
  /** Why the state cannot be judged on now; undefined if it can. */
  notReady(): string | undefined;
  /** Takes over what was just admitted, before any watch can show it. Never called for a dry run. */
  admitted(change: Change, replaces: string | undefined): void;
  /** Resolves when what was admitted lately can be seen in the cluster, or had its time; undefined if nothing is awaited. */
  shown(): Promise<void> | undefined;
  /** Judges in every state that may be the true one, and refuses what any of them refuses. `judge` must not wait. */
  judgeAll(judge: () => Verdict): Verdict;
  /**
   * Reads these objects anew, past all caches, and takes over what has changed; whether any of them has since this was
   * called: then it is to be judged again. Rejects with GuardError when that cannot be told within `deadlineMs`
   * milliseconds from now, or of so many objects.
   */
  confirm(refs: readonly ObjectRef[], deadlineMs: number): Promise<boolean>;
  /**
   * Resolves when the state has all that the API server had when this was called. Rejects with GuardError when that
   * cannot be told within `deadlineMs` milliseconds from now.
   */
  caughtUp(deadlineMs: number): Promise<void>;
  /** Tells of what the cluster changes of the state from now on. */
  follow(follower: StateFollower): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}
