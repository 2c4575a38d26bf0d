import { setImmediate as nextTurn } from "node:timers/promises";
import { WatchedObjects, type VersionedObject } from "../../../src/cluster/watched-objects.ts";
import { decodeManifest, KINDS } from "../../../src/dialects/index.ts";
import { asMapping, mappingField, stringField, type Mapping } from "../../../src/dialects/manifest.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { inPages, pagesOf, podPlans } from "../cluster/cluster.ts";
import type { PodPlan } from "../cluster/workload.ts";
import { followedPod } from "./followed-pod.ts";
import { longestPause } from "./pause.ts";

/** Pod events that are applied. */
const EVENTS = 20_000;

/** Coprime to sizes of clusters, so that events that follow one another are about pods of different teams. */
const STRIDE = 7919;

/** While nobody watched, one of so many pods was deleted, and another changed. */
const MISSED = 100;

/** Of a list here: its pods have versions of their own, in no order, and none of them may count as old. */
const NO_VERSION = "";

type List = readonly [kind: string, items: readonly VersionedObject[]];

/** What is kept of one watched object, as the watch projects it. */
const versioned = (raw: unknown): readonly VersionedObject[] => {
  const object = decodeManifest(raw);
  const resourceVersion =
    stringField(mappingField(asMapping(raw, ""), "metadata", ""), "resourceVersion", "metadata") ?? "";
  return object === undefined ? [] : [{ object, resourceVersion }];
};

/** A cluster that is followed as a watch does: listed, changed event by event, and listed anew. */
export class FollowedCluster {
  readonly #objects: WatchedObjects;
  readonly #pods: number;
  readonly #plans: readonly PodPlan[];
  /** How often each pod has changed, and how the last time. */
  readonly #changes: { count: number; kind: number }[];
  #lists: readonly List[] = [];

  constructor(index: ClusterIndex, pods: number) {
    this.#objects = new WatchedObjects(index);
    this.#pods = pods;
    this.#plans = [...podPlans(pods)];
    this.#changes = this.#plans.map(() => ({ count: 0, kind: 0 }));
  }

  /** Takes over the first list and then pod events; how many a second, from parsed objects on. */
  async follow(): Promise<number> {
    await this.#prepareLists(() => true);
    await this.#takeLists();
    let ms = 0;
    for (const page of inPages(this.#events())) {
      const start = performance.now();
      for (const raw of page) for (const object of versioned(raw)) this.#objects.observe(object);
      ms += performance.now() - start;
      await nextTurn();
    }
    for (let at = 1; at < this.#plans.length; at += MISSED) this.#change(at, at);
    await this.#prepareLists((at) => at % MISSED !== 0);
    return (EVENTS / ms) * 1000;
  }

  /** Takes over the second list; the longest pause of this process meanwhile, in milliseconds. */
  relist(): Promise<number> {
    return longestPause(() => this.#takeLists());
  }

  async #takeLists(): Promise<void> {
    for (const [kind, items] of this.#lists) {
      const type = items[0]?.object.type;
      if (type !== undefined) await this.#objects.replace(kind, type, items, NO_VERSION);
    }
    this.#lists = [];
  }

  async #prepareLists(isThere: (at: number) => boolean): Promise<void> {
    const lists: List[] = [];
    for (const { kind } of KINDS) {
      const items: VersionedObject[] = [];
      for (const page of kind === "Pod" ? inPages(this.#listPods(isThere)) : pagesOf(kind, this.#pods)) {
        items.push(...page.flatMap(versioned));
        await nextTurn();
      }
      lists.push([kind, items]);
    }
    this.#lists = lists;
  }

  *#listPods(isThere: (at: number) => boolean): Iterable<Mapping> {
    for (const at of this.#plans.keys()) if (isThere(at)) yield this.#podAt(at);
  }

  *#events(): Iterable<Mapping> {
    for (let event = 0; event < EVENTS; event++) {
      const at = (event * STRIDE) % this.#plans.length;
      this.#change(at, event);
      yield this.#podAt(at);
    }
  }

  #change(at: number, kind: number): void {
    this.#changes[at] = { count: (this.#changes[at]?.count ?? 0) + 1, kind };
  }

  #podAt(at: number): Mapping {
    const plan = this.#plans[at];
    if (plan === undefined) throw new Error(`expected a pod at ${String(at)}, found none`);
    return followedPod(plan, this.#changes[at]?.count ?? 0, this.#changes[at]?.kind ?? 0);
  }
}
