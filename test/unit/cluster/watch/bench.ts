import { afterEach, beforeEach, vi } from "vitest";
import { ApiError, type ReflectorError } from "../../../../src/cluster/watch/errors.ts";
import { createReflector } from "../../../../src/cluster/watch/reflector.ts";
import type { ReflectorLimits, ReflectorOptions } from "../../../../src/cluster/watch/reflector-options.ts";
import type { Reflector } from "../../../../src/cluster/watch/reflector-state.ts";
import type { ReflectorSink, WatchedResource } from "../../../../src/cluster/watch/watched-resource.ts";
import { type FakeApiServer, startFakeApiServer } from "./fake-api-server.ts";

/** What these tests keep of an object: its name. */
export const nameOf = (raw: unknown): string => (raw as { metadata: { name: string } }).metadata.name;

export const pods: WatchedResource<string> = { path: "/api/v1/pods", project: nameOf };

/** A reflector under test and all that its sink and its owner were told. */
export interface Followed {
  readonly reflector: Reflector;
  /** The calls of the sink, one line each. */
  readonly calls: string[];
  readonly errors: ReflectorError[];
  /** The names that the sink holds. */
  readonly held: Set<string>;
}

/** The HTTP status that an error stands for. */
export const codeOf = (error: ReflectorError | undefined): number | undefined =>
  error instanceof ApiError ? error.code : undefined;

/** Waits are short enough for a test, and silence long enough for a busy machine. */
export const quickBackOff = { firstMs: 1, longestMs: 20, longestRetryAfterMs: 20 };
const quick: Partial<ReflectorLimits> = { backOff: quickBackOff };

/** A hundred times what the slowest test takes on an idle machine. */
export const PATIENCE_MS = 60_000;

/** Waits until `check` does not throw. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE_MS, interval: 5 });

interface Bench {
  readonly server: FakeApiServer;
  follow(
    options?: ReflectorOptions,
    resource?: WatchedResource<string>,
    sink?: Partial<ReflectorSink<string>>,
  ): Followed;
}

/** A fake API server for each test, and reflectors on it that are stopped at its end. */
export const useBench = (): Bench => {
  vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
  let server: FakeApiServer;
  let reflectors: Reflector[] = [];
  beforeEach(async () => {
    server = await startFakeApiServer();
  });
  afterEach(async () => {
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    reflectors = [];
    await server.close();
  });
  return {
    get server() {
      return server;
    },
    follow: (options = {}, resource = pods, sink = {}) => {
      const calls: string[] = [];
      const errors: ReflectorError[] = [];
      const held = new Set<string>();
      const recording: ReflectorSink<string> = {
        replace: (items, version) => {
          held.clear();
          for (const item of items) held.add(item);
          calls.push(`replace ${items.join(",")} @${version}`);
        },
        upsert: (item, version) => {
          held.add(item);
          calls.push(`upsert ${item} @${version}`);
        },
        remove: ({ kind, namespace, name, uid }, version) => {
          held.delete(name);
          calls.push(`remove ${kind} ${namespace}/${name} ${uid} @${version}`);
        },
        progress: (version) => {
          calls.push(`progress @${version}`);
        },
        ...sink,
      };
      const reflector = createReflector(server.kubeConfig, resource, recording, {
        onError: (error) => errors.push(error),
        ...options,
        limits: { ...quick, ...options.limits },
      });
      reflectors.push(reflector);
      reflector.start();
      return { reflector, calls, errors, held };
    },
  };
};
