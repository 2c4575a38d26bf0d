import { describe, expect, it } from "vitest";
import { page, pod, refusal, stream } from "./answers.ts";
import { eventually, pods, useBench } from "./bench.ts";
import { manualClock } from "./clocks.ts";

describe("the pages of a list", () => {
  const bench = useBench();

  it("watches from the first page's version, as more may change while the others come", async () => {
    bench.server.onList(page(["a"], "10", "token"), page(["b"], "15"));
    const { calls } = bench.follow();
    await eventually(() => {
      expect(bench.server.watches).toHaveLength(1);
    });
    expect(calls).toEqual(["replace a,b @10"]);
    expect(bench.server.watches[0]?.query.get("resourceVersion")).toBe("10");
  });

  it("show that the API server lives, each of them", async () => {
    const clock = manualClock();
    bench.server.onList(page(["a"], "10", "token"), () => undefined);
    clock.advance(1000);
    const { reflector } = bench.follow({ clock });
    await eventually(() => {
      expect(reflector.lastEventAt).toBe(1000);
    });
    expect(reflector.synced).toBe(false);
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

  it("lists again when a page is cut, and hands over no part of it", async () => {
    bench.server.onList(
      page(["a"], "10", "token"),
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"kind":"PodList","items":[', () => response.socket?.resetAndDestroy());
      },
      page(["a", "b"], "20"),
    );
    const { reflector, calls, errors } = bench.follow();
    await reflector.waitForSync();
    expect(calls).toEqual(["replace a,b @20"]);
    expect(errors).toHaveLength(1);
  });
});
