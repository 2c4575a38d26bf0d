import { GuardError } from "../model/errors.ts";
import type { Clock } from "./watch/clock.ts";
import { unlessAborted } from "./watch/unless-aborted.ts";
import { Watchdog } from "./watch/watchdog.ts";

/**
 * What `work` resolves to within `ms` milliseconds; its signal is aborted then at the latest, and as soon as it has
 * failed. Throws a GuardError that says `late` when the time is over, and why `stop` was aborted.
 */
export const within = async <T>(
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
  ms: number,
  late: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const watchdog = new Watchdog(clock, stop);
  watchdog.limit(ms, () => new GuardError(late));
  try {
    return await unlessAborted(work(watchdog.signal), watchdog.signal);
  } finally {
    watchdog.end();
    watchdog.abort(new GuardError("nobody waits for this any more"));
  }
};
