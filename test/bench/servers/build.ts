import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decodeManifest, KINDS } from "../../../src/dialects/index.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { prepare, type GuardSettings } from "../../../src/guard/guard.ts";
import { pagesOf } from "../cluster/cluster.ts";

/** What it took to have a cluster in memory. */
export interface Build {
  readonly seconds: number;
  /** After a collection of garbage, so that what is left is what the guard keeps. */
  readonly residentMiB: number;
  /** As the process was, with what making the objects left behind. */
  readonly uncollectedMiB: number;
}

const MIB = 1024 * 1024;

const residentMiB = (): number => process.memoryUsage.rss() / MIB;

const collectGarbage = async (): Promise<void> => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Twice: what the first one finds goes back to the system when its pages are swept.
  for (let round = 0; round < 2; round++) {
    collect();
    await nextTurn();
  }
};

const feed = (index: ClusterIndex, page: readonly unknown[]): number => {
  const start = performance.now();
  for (const manifest of page) {
    const object = decodeManifest(manifest);
    if (object !== undefined) index.upsert(object);
  }
  return performance.now() - start;
};

/** Builds the index of a cluster page by page, as a fixed source does with what it read; making pages is not timed. */
export const buildCluster = async (pods: number, settings: GuardSettings): Promise<[ClusterIndex, Build]> => {
  const index = new ClusterIndex();
  let ms = 0;
  for (const { kind } of KINDS)
    for (const page of pagesOf(kind, pods)) {
      ms += feed(index, page);
      await nextTurn();
    }
  const start = performance.now();
  prepare(index, settings);
  ms += performance.now() - start;
  const uncollectedMiB = residentMiB();
  await collectGarbage();
  return [index, { seconds: ms / 1000, residentMiB: residentMiB(), uncollectedMiB }];
};
