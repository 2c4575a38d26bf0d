import { rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Times in ms. */
export type LockTiming = {
  /** How often the holder touches the lock file. */
  readonly beat: number;
  /** After how long without a touch the holder counts as dead. */
  readonly stale: number;
  /** How often a waiter looks. */
  readonly look: number;
};

/** Fifteen missed beats: even a starved holder is gone by then. */
const patient: LockTiming = { beat: 2_000, stale: 30_000, look: 1_000 };

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

const tryTake = async (path: string): Promise<boolean> => {
  try {
    await writeFile(path, `${String(process.pid)}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
};

const lastBeat = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

const take = async (path: string, timing: LockTiming): Promise<void> => {
  let seen: number | undefined;
  // Staleness is what this process has watched, not a comparison of clocks: a machine that was asleep breaks no lock.
  let seenSince = performance.now();
  while (!(await tryTake(path))) {
    const beat = await lastBeat(path);
    if (beat !== seen) {
      seen = beat;
      seenSince = performance.now();
    } else if (performance.now() - seenSince > timing.stale) {
      await rm(path, { force: true });
    }
    await pause(timing.look);
  }
};

/**
 * Runs `work` while no other process that uses the lock file `path` does; the lock of a dead process is taken over.
 * Advisory: in the worst race over a dead lock two run at once, so `work` must publish its result atomically.
 */
export const withLock = async <T>(path: string, work: () => Promise<T>, timing = patient): Promise<T> => {
  await take(path, timing);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, timing.beat);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
};
