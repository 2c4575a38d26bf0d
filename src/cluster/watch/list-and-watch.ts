import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "./clock.ts";
import { connected } from "./connected.ts";
import type { ReflectorError } from "./errors.ts";
import { listAll } from "./paged-list.ts";
import type { ReflectorLimits } from "./reflector-options.ts";
import type { ReflectorState } from "./reflector-state.ts";
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
  /** Is handed what ends the watch that is open now, and undefined when it has ended. */
  readonly onWatch: (interrupt: ((reason: ReflectorError) => void) | undefined) => void;
  readonly stop: AbortSignal;
  readonly status: { -readonly [Key in keyof ReflectorState]: ReflectorState[Key] };
}

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

/** What is kept of a resource, and where its events go. */
export interface EventTaker<T> {
  readonly resource: WatchedResource<T>;
  readonly sink: Pick<ReflectorSink<T>, "upsert" | "remove" | "progress">;
}

/** Hands an event over to the sink. Throws what `project` and the sink throw. */
export const applyEvent = <T>({ resource, sink }: EventTaker<T>, event: WatchEvent): void => {
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
  return connected(loop, (connection, watchdog) => {
    loop.onWatch((reason) => {
      watchdog.abort(reason);
    });
    const followed = followWatch(connection, watchdog, request, {
      onOpen: () => {
        status.phase = "watching";
        status.watches += 1;
        status.error = undefined;
        status.failures = 0;
        status.lastEventAt = clock.now();
        onOpen();
      },
      onEvent: (event) => {
        applyEvent(loop, event);
        status.resourceVersion = event.resourceVersion;
        status.lastEventAt = clock.now();
        onEvent();
      },
    });
    return followed.finally(() => {
      loop.onWatch(undefined);
    });
  });
};
