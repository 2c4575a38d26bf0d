/** Where time comes from: the system's, or a test's own. */
export interface Clock {
  /** Milliseconds since an arbitrary start; they never go back, whatever happens to the date. */
  now(): number;
  /** Calls `call` once in `ms` milliseconds; the function returned calls it off. */
  after(ms: number, call: () => void): () => void;
}

/** The system's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves in `ms` milliseconds, or as soon as `signal` is aborted; never rejects. */
export const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (ms <= 0 || signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      callOff();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const callOff = clock.after(ms, end);
    signal.addEventListener("abort", end);
  });
