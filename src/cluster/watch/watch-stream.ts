import type { ApiRequests } from "./api-connection.ts";
import { SilenceError } from "./errors.ts";
import { linesOf } from "./response-body.ts";
import { decodeEvent, type WatchEvent } from "./watch-events.ts";
import type { Watchdog } from "./watchdog.ts";
import { targetOf } from "./watched-resource.ts";

/** What to watch, and for how long. */
export interface WatchRequest {
  readonly path: string;
  /** The last one known; what changed since comes first. */
  readonly resourceVersion: string;
  /** Seconds after which the API server ends the watch in good order. */
  readonly timeoutSeconds: number;
  /** Milliseconds without an event or a bookmark after which the watch is given up. */
  readonly silenceMs: number;
}

/** Who hears of it. */
export interface WatchListener {
  onOpen(): void;
  onEvent(event: WatchEvent): void;
  /** Whether it has heard enough. */
  readonly isDone?: () => boolean;
}

/** An object has at most 1.5 MiB in etcd (--max-request-bytes), and some times that as JSON with its managed fields. */
const LINE_BYTES = 32 * 1024 * 1024;

/**
 * Follows one watch until the API server ends it in good order, or `listener` is done. Throws SilenceError, ConnectionError, ApiError (410
 * when the resource version is no longer known), DecodeError or GuardError for events that cannot be read, and what
 * `listener` throws.
 */
export const followWatch = async (
  connection: ApiRequests,
  watchdog: Watchdog,
  { path, resourceVersion, timeoutSeconds, silenceMs }: WatchRequest,
  listener: WatchListener,
): Promise<void> => {
  const heard = (): void => {
    watchdog.limit(
      silenceMs,
      () => new SilenceError(`neither an event nor a bookmark within ${String(silenceMs / 1000)} s`),
    );
  };
  const parameters = {
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  };
  // Some proxies hold back the head of an answer until the first event, so its wait is no shorter than that of an event.
  const body = await connection.get(targetOf(path, parameters), silenceMs);
  heard();
  listener.onOpen();
  for await (const lines of linesOf(body, LINE_BYTES)) {
    for (const line of lines) {
      watchdog.signal.throwIfAborted();
      listener.onEvent(decodeEvent(line));
      if (listener.isDone?.() === true) return;
    }
    heard();
  }
};
