import { describe, expect, it } from "vitest";
import { bookmark, errorEvent, event, goodEnd, page, pod, refusal, stream } from "./answers.ts";
import { codeOf, eventually, fastClock, pods, quickBackOff, useBench } from "./recorder.ts";

describe("a reflector whose API server refuses", () => {
  const bench = useBench();

  it.each([
    ["a status", refusal(410, "too old resource version: 10 (15)")],
    ["an event", stream([errorEvent(410, "too old resource version: 10 (15)")])],
  ])("lists anew after 410 as %s", async (_, gone) => {
    bench.server.onList(page(["a", "b"], "10"), page(["b", "c"], "20"));
    bench.server.onWatch(gone, stream([event("ADDED", "d", "21")]));
    const { calls, errors, held } = bench.follow();
    await eventually(() => {
      expect(held).toEqual(new Set(["b", "c", "d"]));
    });
    expect(calls).toEqual(["replace a,b @10", "replace b,c @20", "upsert d @21", "progress @21"]);
    expect(errors.map((error) => [error.message, codeOf(error)])).toEqual([
      ["watch /api/v1/pods: 410 Gone: too old resource version: 10 (15)", 410],
    ]);
  });

  it("begins the list again when its continue token is gone", async () => {
    const { server } = bench;
    server.onList(
      page(["a"], "10", "token"),
      refusal(410, "the continue token is expired"),
      page(["b"], "20", "next"),
      page(["c"], "20"),
    );
    const { reflector, calls } = bench.follow();
    await reflector.waitForSync();
    expect(calls).toEqual(["replace b,c @20"]);
    expect(server.lists.map(({ query }) => query.get("continue"))).toEqual([null, "token", null, "next"]);
  });

  it("waits longer and longer between lists that lead to 410 each time", async () => {
    const waits: number[] = [];
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(refusal(410, "gone"));
    const backOff = { firstMs: 100, longestMs: 800, longestRetryAfterMs: 100 };
    const { errors } = bench.follow({ clock: fastClock(20, waits), random: () => 0, limits: { backOff } });
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(7);
    });
    expect(waits.filter((ms) => ms <= backOff.longestMs).slice(0, 6)).toEqual([100, 200, 400, 400, 400, 400]);
  });

  it("outlasts a storm of 500 and 429 and forgets it then", async () => {
    const { server } = bench;
    const storm = [500, 429, 503, 504, 429, 500].map((code) => refusal(code, "storm"));
    server.onList(...storm, page(["a"], "10"));
    server.onWatch(refusal(500, "storm"), stream([bookmark("11")]));
    const { reflector, errors } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("11");
    });
    expect(server.lists).toHaveLength(storm.length + 1);
    expect(errors.map(codeOf)).toEqual([500, 429, 503, 504, 429, 500, 500]);
    expect(reflector.state()).toMatchObject({ failures: 0, error: undefined, lists: 1, watches: 1 });
  });

  it.each([
    ["waits as long as it is asked to", "3", 3000],
    ["waits no longer than is bearable", "3600", 10_000],
    ["takes no notice of what it cannot read", "Wed, 21 Oct 2026 07:28:00 GMT", 1],
  ])("%s", async (_, retryAfter, wait) => {
    const waits: number[] = [];
    bench.server.onList(refusal(429, "slow down", { "retry-after": retryAfter }), page([], "10"));
    const limits = { backOff: { firstMs: 2, longestMs: 2, longestRetryAfterMs: 10_000 } };
    const { reflector } = bench.follow({ clock: fastClock(100, waits), random: () => 0, limits });
    await reflector.waitForSync();
    expect(waits).toContain(wait);
  });

  it.each([401, 403])("keeps on trying after %d and says why in one line", async (code) => {
    const message = 'pods is forbidden: User "x"\n\u001b[31mcannot list\u202e resource "pods"';
    bench.server.onList(refusal(code, message), refusal(code, message), page(["a"], "10"));
    const { reflector, errors } = bench.follow();
    const texts: (string | undefined)[] = [];
    await eventually(() => {
      texts.push(reflector.state().error);
      expect(reflector.synced).toBe(true);
    });
    const said = `list /api/v1/pods: ${code === 401 ? "401 Unauthorized" : "403 Forbidden"}: pods is forbidden: User "x" [31mcannot list resource "pods"`;
    expect(errors.map((error) => [error.message, codeOf(error)])).toEqual([
      [said, code],
      [said, code],
    ]);
    expect(new Set(texts)).toEqual(
      new Set([...texts.filter((text) => text === said), ...texts.filter((text) => text === undefined)]),
    );
    expect(reflector.state().error).toBeUndefined();
  });

  it("says what a watch that is forbidden says, and resumes it without a list", async () => {
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(refusal(403, "no watch for you"), stream([bookmark("11")]));
    const { reflector, errors } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("11");
    });
    expect(errors.map(({ message }) => message)).toEqual(["watch /api/v1/pods: 403 Forbidden: no watch for you"]);
    expect(bench.server.lists).toHaveLength(1);
  });

  it("says so when the resource is not served", async () => {
    bench.server.onList((response) => {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("404 page not found\n");
    });
    const { reflector, errors } = bench.follow();
    const waiting = eventually(() => {
      expect(errors.length).toBeGreaterThan(0);
    }).then(() => reflector.waitForSync(AbortSignal.abort()));
    await expect(waiting).rejects.toThrow("list /api/v1/pods: 404 Not Found: 404 page not found");
    expect(codeOf(errors[0])).toBe(404);
  });

  it.each([
    ["no JSON", "nonsense\n"],
    ["no object", '{"type":"ADDED"}\n'],
    ["no resource version", '{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"x"}}}\n'],
    ["an unknown type", event("RENAMED", "x", "11")],
  ])("lists anew after an event with %s", async (_, line) => {
    bench.server.onList(page(["a"], "10"), page(["b"], "20"));
    bench.server.onWatch(stream([line]), stream());
    const { held, errors } = bench.follow();
    await eventually(() => {
      expect(held).toEqual(new Set(["b"]));
    });
    expect(errors).toHaveLength(1);
  });

  it("goes on, no more often than it backs off, when watches end at once", async () => {
    const waits: number[] = [];
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(stream([], goodEnd));
    const limits = { backOff: { ...quickBackOff, firstMs: 100, longestMs: 400 } };
    const { errors } = bench.follow({ clock: fastClock(20, waits), random: () => 0, limits });
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(3);
    });
    expect(waits.filter((ms) => ms <= 400).slice(0, 4)).toEqual([50, 100, 200, 200]);
    expect(bench.server.lists).toHaveLength(1);
  });

  it("asks for smaller pages when objects are large", async () => {
    const { server } = bench;
    const large = "x".repeat(1024 * 1024);
    server.onList((response, asked) => {
      const size = Number(asked.query.get("limit"));
      const from = Number(asked.query.get("continue") ?? "0");
      const items = Array.from({ length: 40 }, (_, at) => pod(String(at), "1", { large })).slice(from, from + size);
      const next = from + size < 40 ? String(from + size) : "";
      response.end(
        JSON.stringify({
          apiVersion: "v1",
          kind: "PodList",
          metadata: { resourceVersion: "10", continue: next },
          items,
        }),
      );
    });
    const { reflector, held } = bench.follow({ limits: { pageSize: 40 } }, pods);
    await reflector.waitForSync();
    expect(held.size).toBe(40);
    expect(server.lists.map(({ query }) => Number(query.get("limit")))).toEqual([
      40,
      ...Array.from({ length: 8 }, () => 5),
    ]);
  });
});
