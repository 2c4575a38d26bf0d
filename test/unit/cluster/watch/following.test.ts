import { describe, expect, it } from "vitest";
import { bookmark, event, goodEnd, page, stream } from "./answers.ts";
import { eventually, nameOf, pods, useBench } from "./recorder.ts";

describe("a reflector of a healthy API server", () => {
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

  it("says who it is and asks for bookmarks and an end", async () => {
    const { server } = bench;
    server.onList(page([], "10"));
    server.onWatch(stream());
    bench.follow({ random: () => 0.5 });
    await eventually(() => {
      expect(server.watches).toHaveLength(1);
    });
    for (const { headers } of [...server.lists, ...server.watches]) {
      expect(headers).toMatchObject({
        authorization: "Bearer secret",
        accept: "application/json",
        "user-agent": "netpol-guard",
      });
    }
    expect(Object.fromEntries(server.watches[0]?.query ?? [])).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: "10",
      timeoutSeconds: "320",
    });
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

  it("hands over each event in order, and how far it has come", async () => {
    bench.server.onList(page(["a", "b"], "10"));
    bench.server.onWatch(
      stream([event("ADDED", "c", "11") + event("MODIFIED", "a", "12"), event("DELETED", "b", "13"), bookmark("20")]),
    );
    const { reflector, calls } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("20");
    });
    expect(calls).toEqual([
      "replace a,b @10",
      "upsert c @11",
      "progress @11",
      "upsert a @12",
      "progress @12",
      "remove Pod shop/b uid-b @13",
      "progress @13",
      "progress @20",
    ]);
  });

  it("removes what is changed so that nothing of it is kept", async () => {
    const project = (raw: unknown): string | undefined => ("hidden" in (raw as object) ? undefined : nameOf(raw));
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(stream([event("MODIFIED", "a", "11", { hidden: true })]));
    const { reflector, held } = bench.follow({}, { ...pods, project });
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("11");
    });
    expect(held).toEqual(new Set());
  });

  it("reads events wherever the network cuts them", async () => {
    const bytes = Buffer.from(event("ADDED", "größe-日本", "11") + bookmark("12"));
    bench.server.onList(page([], "10"));
    bench.server.onWatch(stream(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))));
    const { reflector, held } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("12");
    });
    expect(held).toEqual(new Set(["größe-日本"]));
  });

  it("goes on where a watch came to its end, without a list", async () => {
    const { server } = bench;
    server.onList(page(["a"], "10"));
    server.onWatch(stream([bookmark("20")], goodEnd), stream([event("ADDED", "b", "21")]));
    const { calls, errors } = bench.follow();
    await eventually(() => {
      expect(calls).toContain("upsert b @21");
    });
    expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "20"]);
    expect(server.lists).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it("uses one connection for the pages of a list and leaves none behind", async () => {
    const { server } = bench;
    const counts: number[] = [];
    const counting =
      (...args: Parameters<typeof page>) =>
      async (...answer: Parameters<ReturnType<typeof page>>): Promise<void> => {
        counts.push(await server.connections());
        page(...args)(...answer);
      };
    server.onList(
      (...answer) => void counting(["a"], "10", "1")(...answer),
      (...answer) => void counting(["b"], "10", "2")(...answer),
      (...answer) => void counting(["c"], "10")(...answer),
    );
    server.onWatch(stream());
    const { reflector } = bench.follow();
    await reflector.waitForSync();
    expect(counts).toEqual([1, 1, 1]);
    await reflector.stop();
    await eventually(async () => {
      expect(await server.connections()).toBe(0);
    });
  });
});
