import type { KubeConfig } from "@kubernetes/client-node";
import { GuardError } from "../../model/errors.ts";
import { systemClock } from "./clock.ts";
import type { ReflectorError } from "./errors.ts";
import type { ListWatch } from "./list-and-watch.ts";
import { runListWatch } from "./list-watch-loop.ts";
import { defaultLimits, type ReflectorOptions } from "./reflector-options.ts";
import type { Reflector } from "./reflector-state.ts";
import { unlessAborted } from "./unless-aborted.ts";
import type { ReflectorSink, WatchedResource } from "./watched-resource.ts";

const initialStatus = (path: string): ListWatch<never>["status"] => ({
  path,
  phase: "idle",
  synced: false,
  resourceVersion: undefined,
  lastEventAt: Number.NEGATIVE_INFINITY,
  failures: 0,
  error: undefined,
  lists: 0,
  watches: 0,
});

/** A reflector of `resource` in the current cluster of `kubeConfig`; nothing happens before its `start`. */
export const createReflector = <T>(
  kubeConfig: KubeConfig,
  resource: WatchedResource<T>,
  sink: ReflectorSink<T>,
  options: ReflectorOptions = {},
): Reflector => {
  const status = initialStatus(resource.path);
  const stopping = new AbortController();
  const firstList = Promise.withResolvers<undefined>();
  firstList.promise.catch(() => undefined); // nobody need wait for it
  let running: Promise<void> | undefined;
  let interrupt: ((reason: ReflectorError) => void) | undefined;
  const loop: ListWatch<T> = {
    kubeConfig,
    resource,
    sink,
    limits: { ...defaultLimits, ...options.limits },
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    onListed: () => {
      firstList.resolve(undefined);
    },
    onError: options.onError ?? (() => undefined),
    onWatch: (ends) => {
      interrupt = ends;
    },
    stop: stopping.signal,
    status,
  };
  return {
    get synced() {
      return status.synced;
    },
    get lastEventAt() {
      return status.lastEventAt;
    },
    get resourceVersion() {
      return status.resourceVersion;
    },
    start: () => {
      if (stopping.signal.aborted)
        throw new GuardError(`the reflector of ${resource.path} was stopped, which is for good`);
      running ??= runListWatch(loop);
    },
    interrupt: (reason) => interrupt?.(reason),
    stop: async () => {
      const stopped = new GuardError(`the reflector of ${resource.path} was stopped`);
      stopping.abort(stopped);
      firstList.reject(stopped);
      await running;
      status.phase = "stopped";
    },
    waitForSync: async (signal) => {
      if (status.synced) return;
      try {
        await (signal === undefined ? firstList.promise : unlessAborted(firstList.promise, signal));
      } catch (cause) {
        throw new GuardError(status.error ?? `list ${resource.path}: not complete yet`, { cause });
      }
    },
    state: () => ({ ...status }),
  };
};
