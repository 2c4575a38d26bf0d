import { GuardError } from "../../model/errors.ts";
import { isEarlier, isLater } from "../resource-versions.ts";
import type { ApiRequests } from "./api-connection.ts";
import { connected, type Dialling } from "./connected.ts";
import { applyEvent, type EventTaker } from "./list-and-watch.ts";
import { listAll } from "./paged-list.ts";
import type { Watchdog } from "./watchdog.ts";
import { followWatch } from "./watch-stream.ts";

/** One resource that is looked at beside its watch. */
export interface SecondLook<T> extends Dialling, EventTaker<T> {
  /** The list of a single name of the same collection, whether there is such an object or not. */
  readonly narrowPath: string;
}

/** The API server lets a list wait three seconds for its cache, and asks etcd itself then. */
const ANSWER_MS = 5000;

/**
 * A watch gets a bookmark two seconds before its end, and none if it is shorter than that:
 * `nextBookmarkTime` in https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go
 */
const WATCH_SECONDS = 3;

/** The API server knows of less than it has shown: its etcd was restored from a backup. */
export class WentBackError extends GuardError {}

/**
 * The version that a collection has now, by a consistent read of a single name in it, which costs the same whatever
 * the size of the collection. Throws as `listAll` does.
 */
export const currentVersion = async (
  connection: ApiRequests,
  watchdog: Watchdog,
  narrowPath: string,
): Promise<string> => {
  const resource = { path: narrowPath, project: () => undefined };
  const settings = { pageSize: 1, answerMs: ANSWER_MS };
  return (await listAll(connection, watchdog, resource, settings, () => undefined)).resourceVersion;
};

/**
 * Hands over what has happened after `from`, up to the version that the collection has when this is called, by a short
 * watch over a connection of its own. `check` is called before each event and may throw. Returns the version of the
 * last change that came, undefined where none did; `progress` of the sink tells how far it got. Throws WentBackError,
 * and as a reflector's watch does.
 */
export const lookAgain = async <T>(
  look: SecondLook<T>,
  from: string,
  check: () => void,
): Promise<string | undefined> => {
  let changed: string | undefined;
  let isDone = false;
  await connected(look, async (connection, watchdog) => {
    // Over the same connection: what it has made the API server's cache catch up with, the watch is served from.
    const current = await currentVersion(connection, watchdog, look.narrowPath);
    if (isEarlier(current, from))
      throw new WentBackError(`the API server is at version ${current} and has shown version ${from} before`);
    if (!isLater(current, from)) return;
    const { path } = look.resource;
    const request = { path, resourceVersion: from, timeoutSeconds: WATCH_SECONDS, silenceMs: ANSWER_MS };
    await followWatch(connection, watchdog, request, {
      onOpen: () => undefined,
      onEvent: (event) => {
        check();
        applyEvent(look, event);
        if (event.type !== "bookmark") changed = event.resourceVersion;
        isDone = !isLater(current, event.resourceVersion);
      },
      isDone: () => isDone,
    });
  });
  return changed;
};
