import { describe, expect, it } from "vitest";
import { bookmark, event, goodEnd, page, stream } from "./answers.ts";
import { eventually, nameOf, pods, useBench } from "./bench.ts";

describe("a reflector that watches", () => {
  const bench = useBench();

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
});
