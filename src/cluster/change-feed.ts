import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { StateFollower } from "../guard/state-source.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { ALL } from "../model/selectors.ts";

const subjectOf = (object: ClusterObject | undefined): readonly EndpointSelector[] =>
  object?.type === "policy" ? [object.policy.subject] : [];

/** Tells followers what the cluster's events change of a state. */
export class ChangeFeed {
  readonly #index: ClusterIndex;
  readonly #followers: StateFollower[] = [];

  constructor(index: ClusterIndex) {
    this.#index = index;
  }

  follow(follower: StateFollower): void {
    this.#followers.push(follower);
  }

  /** Applies an event to one object; what judging does not look at changes nothing. */
  apply(ref: ObjectRef, type: ClusterObject["type"], event: () => void): void {
    if (this.#followers.length === 0) {
      event();
      return;
    }
    const index = this.#index;
    const look = (): readonly unknown[] =>
      type === "endpoint" ? [index.classOf(ref), index.endpoint(ref)?.phase] : [];
    const [then, seen] = [index.object(ref, type), look()];
    event();
    const now = look();
    if (type === "endpoint" && now.every((part, i) => part === seen[i])) return;
    const selectors =
      type === "namespace"
        ? [{ namespace: ref.name, namespaces: ALL, pods: ALL }]
        : [...subjectOf(then), ...subjectOf(index.object(ref, type))];
    for (const { changed } of this.#followers) changed({ ref, type, selectors });
  }

  /** A new list was taken over. */
  relisted(): void {
    for (const { relisted } of this.#followers) relisted();
  }
}
