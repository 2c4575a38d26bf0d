import { describe, expect, it } from "vitest";
import { page, pod, refusal, stream } from "./answers.ts";
import { eventually, pods, useBench } from "./bench.ts";
import { manualClock } from "./clocks.ts";

describe("the pages of a list", () => {
  const bench = useBench();

  it("let the watch begin at the first one's version, as more may change while the others come", async () => {
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

  it("come over one connection, and none is left behind", async () => {
    const { server } = bench;
    server.onList(page(["a"], "10", "1"), page(["b"], "10", "2"), page(["c"], "10"));
    server.onWatch(stream());
    const { reflector } = bench.follow();
    await reflector.waitForSync();
    expect(server.accepted).toBe(1);
    await reflector.stop();
    await eventually(async () => {
      expect(await server.connections()).toBe(0);
    });
  });

  it("begin again when the continue token is gone", async () => {
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

  it("are smaller when objects are large", async () => {
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

  it("begin again when one is cut, and no part is handed over", async () => {
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
