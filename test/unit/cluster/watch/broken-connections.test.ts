import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { ConnectionError, SilenceError } from "../../../../src/cluster/watch/errors.ts";
import { createReflector } from "../../../../src/cluster/watch/reflector.ts";
import { bookmark, event, goodEnd, halfClose, page, reset, stream } from "./answers.ts";
import { type Answer, kubeConfigFor, startFakeApiServer } from "./fake-api-server.ts";
import { eventually, fastClock, manualClock, pods, useBench } from "./recorder.ts";

const ignore = {
  replace: () => undefined,
  upsert: () => undefined,
  remove: () => undefined,
  progress: () => undefined,
};

describe("a reflector whose connection breaks", () => {
  const bench = useBench();

  it.each([
    ["reset", reset],
    ["half-closed", halfClose],
  ])("resumes a watch that was %s, and loses and repeats nothing", async (_, cut) => {
    const { server } = bench;
    server.onList(page(["a"], "10"));
    server.onWatch(stream([event("ADDED", "b", "11")], cut), stream([event("ADDED", "c", "12")]));
    const { calls, errors } = bench.follow();
    await eventually(() => {
      expect(calls).toContain("upsert c @12");
    });
    expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "11"]);
    expect(calls).toEqual(["replace a @10", "upsert b @11", "progress @11", "upsert c @12", "progress @12"]);
    expect(errors.map(({ message }) => message)).toEqual(["watch /api/v1/pods: aborted"]);
    expect(errors[0]).toBeInstanceOf(ConnectionError);
  });

  it.each([
    ["in good order", goodEnd],
    ["by a reset", reset],
  ])("gets an event again that was cut %s", async (_, cut) => {
    const { server } = bench;
    const line = event("ADDED", "c", "12");
    server.onList(page(["a"], "10"));
    server.onWatch(stream([event("ADDED", "b", "11"), line.slice(0, -20)], cut), stream([line]));
    const { calls, errors } = bench.follow();
    await eventually(() => {
      expect(calls).toContain("upsert c @12");
    });
    expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "11"]);
    expect(server.lists).toHaveLength(1);
    expect(errors).toHaveLength(1);
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

  it("gives up a watch that is silent, resumes it, and lists when it is silent again", async () => {
    const { server } = bench;
    server.onList(page(["a"], "10"), page(["b"], "20"));
    server.onWatch(stream([bookmark("11")]), stream(), stream([event("ADDED", "c", "21")]), stream());
    const { held, errors } = bench.follow({ limits: { silenceMs: 100 } });
    await eventually(() => {
      expect(held).toEqual(new Set(["b", "c"]));
    });
    expect(server.watches.slice(0, 3).map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "11", "20"]);
    expect(errors[0]?.message).toBe("watch /api/v1/pods: neither an event nor a bookmark within 0.1 s");
    await eventually(async () => {
      expect(await server.connections()).toBeLessThanOrEqual(1);
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
    expect(reflector.lastEventAt).toBe(clock.now());
  });

  it.each<[string, Answer, string]>([
    ["never begins", () => undefined, "no answer from 127.0.0.1"],
    [
      "stops in the middle",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"kind":"PodList",');
      },
      "the answer broke off for 0.1 s",
    ],
  ])("gives up a list that %s", async (_, stalled, said) => {
    bench.server.onList(stalled, page(["a"], "10"));
    const { reflector, errors } = bench.follow({ limits: { answerMs: 100 } });
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

  it("gives up a server that accepts connections and never greets", async () => {
    const frozen = createServer((socket) => socket.on("error", () => undefined).resume()).listen(0, "127.0.0.1");
    await once(frozen, "listening");
    const { port } = frozen.address() as AddressInfo;
    const errors: string[] = [];
    const options = { clock: fastClock(100), onError: ({ message }: Error) => errors.push(message) };
    const reflector = createReflector(kubeConfigFor(`https://127.0.0.1:${String(port)}`), pods, ignore, options);
    reflector.start();
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(1);
    });
    await reflector.stop();
    expect(errors[0]).toBe(`list /api/v1/pods: no connection to 127.0.0.1:${String(port)} within 10 s`);
    frozen.close();
    await once(frozen, "close");
  });

  it("waits for a server that is not there yet", async () => {
    const gone = await startFakeApiServer();
    await gone.close();
    const errors: string[] = [];
    const reflector = createReflector(gone.kubeConfig, pods, ignore, {
      limits: { backOff: { firstMs: 1, longestMs: 5, longestRetryAfterMs: 5 } },
      onError: ({ message }) => errors.push(message),
    });
    reflector.start();
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(3);
    });
    await reflector.stop();
    expect(errors[0]).toMatch(/^list \/api\/v1\/pods: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });
});
