import { setFlagsFromString } from "node:v8";

/**
 * V8 lets a heap grow to several times what is alive before it collects. What is alive here changes little, and memory is
 * paid for by the pod: a fifth of headroom costs no measurable time and saves a third of the resident memory.
 */
const HEADROOM_PERCENT = 20;

/**
 * Keeps the heap close to what is alive; to be called before anything large is read. V8 also learns from the first list,
 * all of which stays, that whatever the same lines make is old at once: then every review leaves garbage that only a full
 * collection finds, so it must not learn that.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString(`--heap-growing-percent=${String(HEADROOM_PERCENT)}`);
  setFlagsFromString("--no-allocation-site-pretenuring");
};
