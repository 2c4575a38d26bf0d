import { setTimeout as pause } from "node:timers/promises";

/** A local server answers in milliseconds; ten looks a second cost it nothing. */
const LOOK_MS = 100;

/** True as soon as `condition` holds, false when it has not within `timeoutMs`; what it throws is passed on. */
export const until = async (condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await pause(LOOK_MS);
  }
  return true;
};
