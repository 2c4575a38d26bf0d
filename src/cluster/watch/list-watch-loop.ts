import { createAttempts } from "./attempts.ts";
import { pause } from "./clock.ts";
import { errorText } from "./error-text.ts";
import { reflectorError } from "./errors.ts";
import { list, type ListWatch, watch } from "./list-and-watch.ts";

const report = <T>({ resource, status, onError }: ListWatch<T>, error: unknown): void => {
  const verb = status.phase === "listing" ? "list" : "watch";
  status.failures += 1;
  status.error = `${verb} ${resource.path}: ${errorText(error)}`;
  try {
    onError(reflectorError(status.error, error));
  } catch (fault) {
    // There is nobody else to tell, and following the cluster matters more than the log.
    process.emitWarning(`the reflector's onError failed: ${errorText(fault)}`);
  }
};

/** Lists, watches from there, waits when that fails, and so on until `stop` is aborted; never rejects. */
export const runListWatch = async <T>(loop: ListWatch<T>): Promise<void> => {
  const { limits, clock, random, stop, status } = loop;
  const attempts = createAttempts(limits.backOff, clock, random);
  const stopped = (): boolean => stop.aborted;
  while (!stopped()) {
    let wait: number;
    try {
      let from = status.resourceVersion;
      if (attempts.needsList || from === undefined) {
        from = await list(loop);
        attempts.listed();
      }
      await watch(loop, from, { onOpen: attempts.opened, onEvent: attempts.heard });
      wait = attempts.ended();
    } catch (error) {
      if (stopped()) break;
      wait = attempts.failed(error);
      report(loop, error);
    }
    status.phase = "waiting";
    await pause(clock, wait, stop);
  }
};
