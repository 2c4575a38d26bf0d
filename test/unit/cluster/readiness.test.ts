import { describe, expect, it } from "vitest";
import { type KindStatus, notReady, REFUSED_MS, SILENT_MS } from "../../../src/cluster/readiness.ts";

const kind = (different: Partial<KindStatus> = {}): KindStatus => ({
  path: "/api/v1/pods",
  synced: true,
  currentAt: 0,
  lastEventAt: 0,
  answeredAt: Number.NEGATIVE_INFINITY,
  error: undefined,
  ...different,
});

describe("a cluster that is followed", () => {
  it("can be relied on while every kind shows life", () => {
    expect(notReady([kind(), kind({ currentAt: 100 })], SILENT_MS)).toBeUndefined();
  });

  it("cannot before every list was complete", () => {
    const missing = kind({ synced: false, path: "/api/v1/namespaces" });
    expect(notReady([kind(), missing], 0)).toBe("the state of the cluster is not complete yet: /api/v1/namespaces");
  });

  it("cannot once one kind was silent for too long, whatever the others show", () => {
    const silent = kind({ error: "second look at /api/v1/pods: no connection" });
    expect(notReady([kind({ currentAt: SILENT_MS }), silent], SILENT_MS + 1)).toBe(
      "nothing new was heard of the cluster for 25 seconds: second look at /api/v1/pods: no connection",
    );
  });

  it("leaves time to say so: half a minute is not reached", () => {
    expect(SILENT_MS).toBeLessThan(30_000);
  });

  it("says each cause once", () => {
    const silent = [kind({ error: "gone" }), kind({ error: "gone" }), kind({ path: "/other" })];
    expect(notReady(silent, SILENT_MS + 1)).toMatch(/: gone; \/other$/);
  });

  it("can again as soon as it shows life", () => {
    expect(notReady([kind({ currentAt: SILENT_MS })], SILENT_MS + 1)).toBeUndefined();
  });

  it("can while an API server that is busy refuses second looks, as long as the watches show a bookmark each minute", () => {
    const busy = (currentAt: number): KindStatus => kind({ currentAt, answeredAt: REFUSED_MS });
    expect(notReady([busy(0)], REFUSED_MS)).toBeUndefined();
    expect(notReady([busy(0)], REFUSED_MS + 1)).toBe(
      "nothing new was heard of the cluster for 90 seconds: /api/v1/pods",
    );
    expect(notReady([busy(1)], REFUSED_MS + 1)).toBeUndefined();
    expect(notReady([busy(REFUSED_MS)], REFUSED_MS + SILENT_MS + 1)).toContain("for 25 seconds");
  });
});
