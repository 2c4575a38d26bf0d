import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { SilenceError } from "../../../../src/cluster/watch/errors.ts";
import { bookmark, event, page, stream } from "./answers.ts";
import { eventually, useBench } from "./bench.ts";
import { manualClock } from "./clocks.ts";
import type { Answer } from "./fake-api-server.ts";

describe("a reflector whose API server is silent", () => {
  const bench = useBench();

  it("gives up a watch that is silent, resumes it, and lists when it is silent again", async () => {
    const { server } = bench;
    const clock = manualClock();
    server.onList(page(["a"], "10"), page(["b"], "20"));
    server.onWatch(stream([bookmark("11")]), stream(), stream([event("ADDED", "c", "21")]), stream());
    const { reflector, held, errors } = bench.follow({ clock });
    for (const [watches, version] of [
      [1, "11"],
      [2, "11"],
      [3, "21"],
    ]) {
      await eventually(() => {
        expect(reflector.state()).toMatchObject({ phase: "watching", watches, resourceVersion: version });
      });
      if (watches !== 3) clock.advance(75_000);
    }
    expect(held).toEqual(new Set(["b", "c"]));
    expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "11", "20"]);
    expect(errors).toHaveLength(2);
    await eventually(async () => {
      expect(await server.connections()).toBe(1);
    });
  });

  it("takes bookmarks for life, and their absence for its end", async () => {
    const { server } = bench;
    const clock = manualClock();
    const open: ServerResponse[] = [];
    server.onList(page([], "10"));
    server.onWatch(stream([], (response) => open.push(response)));
    const { reflector, errors } = bench.follow({ clock });
    for (const version of ["11", "12", "13"]) {
      await eventually(() => {
        expect(open).toHaveLength(1);
      });
      open[0]?.write(bookmark(version));
      await eventually(() => {
        expect(reflector.resourceVersion).toBe(version);
      });
      expect(reflector.lastEventAt).toBe(clock.now());
      clock.advance(74_999);
    }
    expect(errors).toEqual([]);
    clock.advance(1);
    await eventually(() => {
      expect(open).toHaveLength(2);
    });
    expect(errors.map(({ message }) => message)).toEqual([
      "watch /api/v1/pods: neither an event nor a bookmark within 75 s",
    ]);
    expect(errors[0]).toBeInstanceOf(SilenceError);
    await eventually(() => {
      expect(reflector.lastEventAt).toBe(clock.now());
    });
  });

  it.each<[string, Answer, string]>([
    ["never begins", () => undefined, "no answer from 127.0.0.1"],
    [
      "stops in the middle",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"kind":"PodList",');
      },
      "the answer broke off for 1 s",
    ],
  ])("gives up a list that %s", async (_, stalled, said) => {
    bench.server.onList(stalled, page(["a"], "10"));
    const { reflector, errors } = bench.follow({ limits: { answerMs: 1000 } });
    await reflector.waitForSync();
    expect(errors[0]?.message).toContain(said);
  });

  it("gives up a watch whose answer never begins", async () => {
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(() => undefined, stream([bookmark("11")]));
    const { reflector, errors } = bench.follow({ limits: { silenceMs: 100 } });
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("11");
    });
    expect(errors[0]?.message).toContain("no answer from 127.0.0.1");
  });
});
