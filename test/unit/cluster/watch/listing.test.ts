import { describe, expect, it } from "vitest";
import { event, page, stream } from "./answers.ts";
import { eventually, nameOf, pods, useBench } from "./bench.ts";

describe("a reflector that lists", () => {
  const bench = useBench();

  it("lists page by page, hands all over at once and watches from there", async () => {
    const { server } = bench;
    const projectedBefore: number[] = [];
    let projected = 0;
    server.onList(page(["a", "b"], "10", "token"), (response, asked) => {
      projectedBefore.push(projected);
      page(["c"], "10")(response, asked);
    });
    server.onWatch(stream());
    const project = (raw: unknown): string => {
      projected += 1;
      return nameOf(raw);
    };
    const { reflector, calls } = bench.follow({}, { ...pods, project });
    expect(reflector.synced).toBe(false);
    expect(reflector.lastEventAt).toBe(Number.NEGATIVE_INFINITY);
    await reflector.waitForSync();
    await eventually(() => {
      expect(reflector.state().phase).toBe("watching");
    });
    expect(calls).toEqual(["replace a,b,c @10"]);
    expect(projectedBefore).toEqual([2]);
    expect(server.lists.map(({ path, query }) => `${path}?${String(query)}`)).toEqual([
      "/api/v1/pods?limit=500",
      "/api/v1/pods?limit=500&continue=token",
    ]);
    expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10"]);
    expect(reflector.synced).toBe(true);
    expect(reflector.resourceVersion).toBe("10");
    expect(performance.now() - reflector.lastEventAt).toBeLessThan(60_000);
  });

  it("starts once", async () => {
    const { server } = bench;
    server.onList(page([], "10"));
    server.onWatch(stream());
    const { reflector } = bench.follow();
    reflector.start();
    await eventually(() => {
      expect(server.watches).toHaveLength(1);
    });
    reflector.start();
    expect(server.lists).toHaveLength(1);
    await reflector.stop();
    expect(server.lists).toHaveLength(1);
    expect(reflector.state().phase).toBe("stopped");
  });

  it("keeps the query of its path", async () => {
    bench.server.onList(page([], "10"));
    bench.follow({}, { ...pods, path: "/api/v1/pods?labelSelector=app%3Dweb" });
    await eventually(() => {
      expect(bench.server.watches).toHaveLength(1);
    });
    for (const { query } of [...bench.server.lists, ...bench.server.watches])
      expect(query.get("labelSelector")).toBe("app=web");
  });

  it("gives each object its apiVersion and kind", async () => {
    const seen: unknown[] = [];
    const project = (raw: unknown): string => {
      const { apiVersion, kind } = raw as Record<string, unknown>;
      seen.push([apiVersion, kind]);
      return nameOf(raw);
    };
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(stream([event("ADDED", "b", "11")]));
    const { held } = bench.follow({}, { ...pods, project });
    await eventually(() => {
      expect(held).toContain("b");
    });
    expect(seen).toEqual([
      ["v1", "Pod"],
      ["v1", "Pod"],
    ]);
  });
});
