import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeManifest, KINDS } from "../../../src/dialects/index.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { prepare } from "../../../src/guard/guard.ts";
import type { GuardSettings } from "../../../src/guard/settings.ts";
import { pagesOf } from "../cluster/cluster.ts";
import { cpuMicros } from "./cpu-micros.ts";
import { residentMiB, settledMiB } from "./memory.ts";

/** What it took to have a cluster in memory. */
export interface Build {
  readonly seconds: number;
  /** Processor time: less than `seconds` when others use the machine too, more when garbage is collected beside. */
  readonly cpuSeconds: number;
  /** When garbage was collected and the memory given back: what the guard keeps. */
  readonly residentMiB: number;
  /** As the process was, with what making the objects left behind. */
  readonly unsettledMiB: number;
}

/** Adds up the time of pieces of work. */
class Stopwatch {
  ms = 0;
  micros = 0;

  run(work: () => void): void {
    const [start, used] = [performance.now(), cpuMicros()];
    work();
    this.ms += performance.now() - start;
    this.micros += cpuMicros() - used;
  }
}

/** Builds the index of a cluster page by page, as a fixed source does with what it read; making pages is not timed. */
export const buildCluster = async (pods: number, settings: GuardSettings): Promise<[ClusterIndex, Build]> => {
  const index = new ClusterIndex();
  const watch = new Stopwatch();
  for (const { kind } of KINDS)
    for (const page of pagesOf(kind, pods)) {
      watch.run(() => {
        for (const manifest of page) {
          const object = decodeManifest(manifest);
          if (object !== undefined) index.upsert(object);
        }
      });
      await nextTurn();
    }
  watch.run(() => {
    prepare(index, settings);
  });
  const unsettledMiB = residentMiB();
  return [
    index,
    { seconds: watch.ms / 1000, cpuSeconds: watch.micros / 1e6, residentMiB: await settledMiB(), unsettledMiB },
  ];
};
