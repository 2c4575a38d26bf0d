import { setImmediate as nextTurn } from "node:timers/promises";

/** So long a slice is: requests are let through in between. */
const SLICE_MS = 5;

/** Takes one item after the other, and lets others run every few milliseconds. */
export const inSlices = async <T>(items: readonly T[], take: (item: T) => void): Promise<void> => {
  let end = performance.now() + SLICE_MS;
  for (const item of items) {
    take(item);
    if (performance.now() < end) continue;
    await nextTurn();
    end = performance.now() + SLICE_MS;
  }
};
