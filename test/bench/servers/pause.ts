import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Of the timer that notices pauses; also what it measures when there is none. */
const RESOLUTION_MS = 1;

/** Long enough for the timer to have run before and after. */
const SETTLE_MS = 50;

/** The longest time for which nothing else ran while `work` did, in milliseconds. */
export const longestPause = async (work: () => Promise<void>): Promise<number> => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  await sleep(SETTLE_MS);
  delays.reset();
  await work();
  await sleep(SETTLE_MS);
  delays.disable();
  return delays.max / 1e6 - RESOLUTION_MS;
};
