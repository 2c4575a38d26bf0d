/**
 * A function that runs `work` for its callers: one run at a time, and who calls during a run shares the next one with
 * all others that do. What a caller gets has begun after it called.
 */
export const sharedRuns = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const run = (): Promise<T> => {
    const result = work();
    const ended = result
      .catch(() => undefined)
      .then(() => {
        if (running === ended) running = undefined;
      });
    running = ended;
    return result;
  };
  return () => {
    if (running === undefined) return run();
    next ??= running.then(() => {
      next = undefined;
      return run();
    });
    return next;
  };
};
