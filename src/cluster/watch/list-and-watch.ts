import type { KubeConfig } from "@kubernetes/client-node";
import { type ApiConnection, openConnection } from "./api-connection.ts";
import type { Clock } from "./clock.ts";
import type { ReflectorError } from "./errors.ts";
import { listAll } from "./paged-list.ts";
import type { ReflectorLimits } from "./reflector-options.ts";
import type { ReflectorState } from "./reflector-state.ts";
import { Watchdog } from "./watchdog.ts";
import type { WatchEvent } from "./watch-events.ts";
import { followWatch } from "./watch-stream.ts";
import { projected, type ReflectorSink, type WatchedResource } from "./watched-resource.ts";

/** What a reflector works with; `status` is kept up to date. */
export interface ListWatch<T> {
  readonly kubeConfig: KubeConfig;
  readonly resource: WatchedResource<T>;
  readonly sink: ReflectorSink<T>;
  readonly limits: ReflectorLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onListed: () => void;
  readonly onError: (error: ReflectorError) => void;
  readonly stop: AbortSignal;
  readonly status: { -readonly [Key in keyof ReflectorState]: ReflectorState[Key] };
}

/** Runs `work` on a connection of its own, which is closed when it ends, on a watchdog that ends with it. */
const connected = async <T, Result>(
  { kubeConfig, clock, stop }: ListWatch<T>,
  work: (connection: ApiConnection, watchdog: Watchdog) => Promise<Result>,
): Promise<Result> => {
  const watchdog = new Watchdog(clock, stop);
  try {
    const connection = await openConnection(kubeConfig, watchdog);
    try {
      return await work(connection, watchdog);
    } finally {
      connection.close();
    }
  } finally {
    watchdog.end();
  }
};

/** Lists anew into the sink; the resource version to watch from. Throws as `listAll` does, and what the sink throws. */
export const list = async <T>(loop: ListWatch<T>): Promise<string> => {
  const { resource, sink, limits, clock, stop, status } = loop;
  status.phase = "listing";
  const { items, resourceVersion } = await connected(loop, (connection, watchdog) =>
    listAll(connection, watchdog, resource, limits, () => {
      status.lastEventAt = clock.now();
    }),
  );
  stop.throwIfAborted();
  await sink.replace(items, resourceVersion);
  status.lists += 1;
  status.synced = true;
  status.error = undefined;
  status.failures = 0;
  status.resourceVersion = resourceVersion;
  loop.onListed();
  return resourceVersion;
};

const apply = <T>({ resource, sink }: ListWatch<T>, event: WatchEvent): void => {
  const { resourceVersion } = event;
  if (event.type === "present") {
    const item = projected(resource, event.object);
    if (item === undefined) sink.remove(event.identity, resourceVersion);
    else sink.upsert(item, resourceVersion);
  } else if (event.type === "absent") sink.remove(event.identity, resourceVersion);
  sink.progress(resourceVersion);
};

/** Follows one watch into the sink until the API server ends it in good order. Throws as `followWatch` does. */
export const watch = <T>(
  loop: ListWatch<T>,
  resourceVersion: string,
  { onOpen, onEvent }: { readonly onOpen: () => void; readonly onEvent: () => void },
): Promise<void> => {
  const { resource, limits, clock, random, status } = loop;
  const [shortest, longest] = limits.watchSeconds;
  const timeoutSeconds = Math.round(shortest + random() * (longest - shortest));
  const request = { path: resource.path, resourceVersion, timeoutSeconds, silenceMs: limits.silenceMs };
  status.phase = "connecting";
  return connected(loop, (connection, watchdog) =>
    followWatch(connection, watchdog, request, {
      onOpen: () => {
        status.phase = "watching";
        status.watches += 1;
        status.error = undefined;
        status.failures = 0;
        status.lastEventAt = clock.now();
        onOpen();
      },
      onEvent: (event) => {
        apply(loop, event);
        status.resourceVersion = event.resourceVersion;
        status.lastEventAt = clock.now();
        onEvent();
      },
    }),
  );
};
