import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const MIB = 1024 * 1024;

/** V8 keeps pages that garbage was on for eight seconds, in case they are needed again, and then gives them back. */
const POOLED_MS = 10_000;

/** What this process has in memory now. */
export const residentMiB = (): number => process.memoryUsage.rss() / MIB;

/** What it has when garbage was collected and its pages went back to the system, as they do while it is idle. */
export const settledMiB = async (): Promise<number> => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await sleep(POOLED_MS);
  return residentMiB();
};
