import { describe, expect, it } from "vitest";
import { notReady, STALLED_MS } from "../../../src/cluster/watched-source.ts";
import type { ReflectorState } from "../../../src/cluster/watch/reflector-state.ts";

const state = (different: Partial<ReflectorState>): ReflectorState => ({
  path: "/api/v1/pods",
  phase: "watching",
  synced: true,
  resourceVersion: "5",
  lastEventAt: 0,
  failures: 0,
  error: undefined,
  lists: 1,
  watches: 1,
  ...different,
});

const reflector = (different: Partial<ReflectorState> = {}): Parameters<typeof notReady>[0][number] => {
  const now = state(different);
  return { synced: now.synced, lastEventAt: now.lastEventAt, state: () => now };
};

describe("a cluster that is watched", () => {
  it("can be relied on while every watch shows life", () => {
    expect(notReady([reflector(), reflector({ lastEventAt: 100 })], STALLED_MS)).toBeUndefined();
  });

  it("cannot before every list was complete", () => {
    const missing = reflector({ synced: false, path: "/api/v1/namespaces" });
    expect(notReady([reflector(), missing], 0)).toBe(
      "the state of the cluster is not complete yet: /api/v1/namespaces",
    );
  });

  it("cannot once one of its watches was silent for too long, whatever the others show", () => {
    const stalled = reflector({ error: "watch /api/v1/pods: the connection was reset" });
    const alive = reflector({ lastEventAt: STALLED_MS });
    expect(notReady([alive, stalled], STALLED_MS + 1)).toBe(
      "nothing was heard of the cluster for 90 seconds: watch /api/v1/pods: the connection was reset",
    );
  });

  it("can again as soon as it shows life", () => {
    expect(notReady([reflector({ lastEventAt: STALLED_MS })], STALLED_MS + 1)).toBeUndefined();
  });
});
