import { describe, expect, it } from "vitest";
import { bookmark, page, refusal, stream } from "./answers.ts";
import { codeOf, eventually, useBench } from "./bench.ts";
import { fastClock } from "./clocks.ts";

describe("a reflector whose API server refuses", () => {
  const bench = useBench();

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
    ["waits no longer than is bearable", "3600", 9000],
    ["takes no notice of what it cannot read", "Wed, 21 Oct 2026 07:28:00 GMT", 1],
  ])("%s", async (_, retryAfter, wait) => {
    const waits: number[] = [];
    bench.server.onList(refusal(429, "slow down", { "retry-after": retryAfter }), page([], "10"));
    const limits = { backOff: { firstMs: 2, longestMs: 2, longestRetryAfterMs: 9000 } };
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

  it("says the status alone when there is too much to say", async () => {
    bench.server.onList(refusal(403, "x".repeat(100_000)), page([], "10"));
    const { reflector, errors } = bench.follow();
    await reflector.waitForSync();
    expect(errors.map(({ message }) => message)).toEqual(["list /api/v1/pods: 403 Forbidden"]);
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
});
