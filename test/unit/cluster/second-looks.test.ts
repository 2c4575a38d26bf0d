import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveReader } from "../../../src/cluster/live-reader.ts";
import { isLater } from "../../../src/cluster/resource-versions.ts";
import { SecondLooks } from "../../../src/cluster/second-looks.ts";
import { ApiError, type ReflectorError } from "../../../src/cluster/watch/errors.ts";
import type { ReflectorState } from "../../../src/cluster/watch/reflector-state.ts";
import { WentBackError } from "../../../src/cluster/watch/second-look.ts";
import { bookmark, errorEvent, event, goodEnd, page, refusal, stream } from "./watch/answers.ts";
import { eventually, nameOf, PATIENCE_MS } from "./watch/bench.ts";
import { manualClock } from "./watch/clocks.ts";
import { type FakeApiServer, startFakeApiServer } from "./watch/fake-api-server.ts";

const NARROW = "/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dnone";

describe("second looks", () => {
  vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
  let server: FakeApiServer;
  let stopping: AbortController;
  let ended: () => Promise<void>;
  beforeEach(async () => {
    server = await startFakeApiServer();
    stopping = new AbortController();
    ended = () => Promise.resolve();
  });
  afterEach(async () => {
    stopping.abort();
    await ended();
    await server.close();
  });

  /** Second looks beside a watch that has shown all up to version 10, at time 0. */
  const start = () => {
    const clock = manualClock();
    const told: string[] = [];
    const interrupted: ReflectorError[] = [];
    let reached: string | undefined = "10";
    let watch: ReflectorState = {
      path: "/api/v1/pods",
      phase: "watching",
      synced: true,
      resourceVersion: "10",
      lastEventAt: 0,
      failures: 0,
      error: undefined,
      lists: 1,
      watches: 1,
    };
    const reader = new LiveReader(server.kubeConfig, clock);
    const looks = new SecondLooks<string>({
      kubeConfig: server.kubeConfig,
      clock,
      stop: stopping.signal,
      resource: { path: "/api/v1/pods", project: nameOf },
      narrowPath: NARROW,
      sink: {
        upsert: (name, version) => told.push(`${name} @${version}`),
        remove: ({ name }, version) => told.push(`no ${name} @${version}`),
        progress: (version) => {
          told.push(`all @${version}`);
          if (reached === undefined || isLater(version, reached)) reached = version;
          looks.handedOver();
        },
      },
      reflector: {
        state: () => watch,
        interrupt: (reason) => interrupted.push(reason),
      },
      reached: () => reached,
      hasReached: (version) => reached !== undefined && !isLater(version, reached),
      reader,
    });
    ended = async () => {
      reader.stop();
      await looks.ended();
    };
    return {
      looks,
      clock,
      told,
      interrupted,
      setWatch: (different: Partial<ReflectorState>) => {
        watch = { ...watch, ...different };
      },
      setReached: (version: string | undefined) => {
        reached = version;
        looks.handedOver();
      },
    };
  };

  describe("at a watch that is silent", () => {
    it("are taken after ten seconds, and tell that what is held is up to date", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([event("MODIFIED", "a", "12"), event("DELETED", "b", "15"), bookmark("20")]));
      const { looks, clock, told } = start();
      clock.advance(9999);
      looks.tick();
      await looks.ended();
      expect(server.lists).toEqual([]);
      clock.advance(1);
      looks.tick();
      await looks.ended();
      expect(told).toEqual(["a @12", "all @12", "no b @15", "all @15", "all @20"]);
      expect(looks).toMatchObject({ currentAt: 10_000, error: undefined });
      const [list] = server.lists;
      expect(list?.path).toBe("/api/v1/namespaces/default/pods");
      expect(Object.fromEntries(list?.query ?? [])).toEqual({ fieldSelector: "metadata.name=none", limit: "1" });
      const [watched] = server.watches;
      expect(watched?.path).toBe("/api/v1/pods");
      expect(Object.fromEntries(watched?.query ?? [])).toEqual({
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: "10",
        timeoutSeconds: "3",
      });
    });

    it("end with the bookmark, over the one connection that they made", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([bookmark("20")]));
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(server.accepted).toBe(1);
      await eventually(async () => {
        expect(await server.connections()).toBe(0);
      });
    });

    it("need no watch where nothing at all was written", async () => {
      server.onList(page([], "10"));
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(server.watches).toEqual([]);
      expect(looks.currentAt).toBe(10_000);
    });

    it("are content with a watch that shows nothing until it ends in good order", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([], goodEnd));
      const { looks, clock, told } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(told).toEqual([]);
      expect(looks.currentAt).toBe(10_000);
    });

    it("are not taken before the first list, nor while it shows life", async () => {
      const { looks, clock, setWatch } = start();
      setWatch({ synced: false });
      clock.advance(20_000);
      looks.tick();
      setWatch({ synced: true, lastEventAt: 10_001 });
      looks.tick();
      await looks.ended();
      expect(server.lists).toEqual([]);
    });

    it("are taken again ten seconds later, from where the last one ended", async () => {
      server.onList(page([], "20"), page([], "30"));
      server.onWatch(stream([bookmark("20")]), stream([bookmark("30")]));
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      clock.advance(9999);
      looks.tick();
      await looks.ended();
      expect(server.lists).toHaveLength(1);
      clock.advance(1);
      looks.tick();
      await looks.ended();
      expect(server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "20"]);
    });

    it("say why they fail, and are taken again three seconds later", async () => {
      server.onList(refusal(500, "storm"), page([], "10"));
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(looks.currentAt).toBe(Number.NEGATIVE_INFINITY);
      expect(looks.error).toBe("second look at /api/v1/pods: 500 Internal Server Error: storm");
      clock.advance(2999);
      looks.tick();
      await looks.ended();
      expect(server.lists).toHaveLength(1);
      clock.advance(1);
      looks.tick();
      await looks.ended();
      expect(looks).toMatchObject({ currentAt: 13_000, error: undefined });
    });

    it("tell a server that refuses them from one that does not answer", async () => {
      server.onList(refusal(429, "busy"), (response) => response.socket?.destroy());
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(looks.answeredAt).toBe(10_000);
      clock.advance(3000);
      looks.tick();
      await looks.ended();
      expect(looks.answeredAt).toBe(10_000);
    });

    it("give up a server that does not answer", async () => {
      const { looks, clock } = start();
      clock.advance(10_000);
      looks.tick();
      await eventually(() => {
        expect(server.lists).toHaveLength(1);
      });
      await eventually(() => {
        clock.advance(1000);
        expect(looks.error).toContain("no answer from 127.0.0.1");
      });
    });

    it("leave a list alone that is under way, and stop where one begins", async () => {
      const { looks, clock, told, setWatch } = start();
      setWatch({ phase: "listing" });
      clock.advance(10_000);
      looks.tick();
      await looks.ended();
      expect(server.lists).toEqual([]);
      setWatch({ phase: "watching" });
      const open: ServerResponse[] = [];
      server.onList(page([], "20"));
      server.onWatch(stream([event("MODIFIED", "a", "12")], (response) => open.push(response)));
      looks.tick();
      await eventually(() => {
        expect(told).toContain("all @12");
      });
      setWatch({ lists: 2 });
      open[0]?.write(event("MODIFIED", "b", "13"));
      await looks.ended();
      expect(told).toEqual(["a @12", "all @12"]);
      expect(looks.error).toContain("a list is being read");
    });
  });

  describe("that show more than the watch", () => {
    const bring = async (behind: ReturnType<typeof start>): Promise<void> => {
      server.onList(page([], "20"));
      server.onWatch(stream([event("MODIFIED", "a", "12"), bookmark("20")]));
      behind.clock.advance(10_000);
      behind.looks.tick();
      await behind.looks.ended();
    };

    it("end it when it has not shown the same five seconds later", async () => {
      const behind = start();
      await bring(behind);
      behind.clock.advance(4999);
      behind.looks.tick();
      expect(behind.interrupted).toEqual([]);
      behind.clock.advance(1);
      behind.looks.tick();
      expect(behind.interrupted.map(({ message }) => message)).toEqual([
        "the watch did not show what a second one has shown",
      ]);
      behind.looks.tick();
      expect(behind.interrupted).toHaveLength(1);
    });

    it("leave it alone when it has", async () => {
      const behind = start();
      await bring(behind);
      behind.setWatch({ resourceVersion: "12" });
      behind.clock.advance(5000);
      behind.looks.tick();
      expect(behind.interrupted).toEqual([]);
    });
  });

  it.each([
    ["by a status", refusal(410, "too old")],
    ["by an event", stream([errorEvent(410, "too old")])],
  ])("end a watch that cannot be resumed: told %s", async (_, gone) => {
    server.onList(page([], "20"));
    server.onWatch(gone);
    const { looks, clock, interrupted } = start();
    clock.advance(10_000);
    looks.tick();
    await looks.ended();
    expect(interrupted[0]).toBeInstanceOf(ApiError);
  });

  it("end the watch of a server that has gone back: its etcd was restored", async () => {
    server.onList(page([], "9"));
    const { looks, clock, interrupted } = start();
    clock.advance(10_000);
    looks.tick();
    await looks.ended();
    expect(interrupted[0]).toBeInstanceOf(WentBackError);
    expect(interrupted[0]?.message).toBe("the API server is at version 9 and has shown version 10 before");
    expect(looks.currentAt).toBe(Number.NEGATIVE_INFINITY);
  });

  describe("for somebody who waits until all is held", () => {
    const never = new AbortController().signal;

    it("are not needed where it is", async () => {
      server.onList(page([], "10"));
      await start().looks.caughtUp(never);
      expect(server.watches).toEqual([]);
    });

    it("show what is missing", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([event("MODIFIED", "a", "20")]));
      const { looks, told } = start();
      await looks.caughtUp(never);
      expect(told).toEqual(["a @20", "all @20"]);
    });

    it("end his wait when the watch itself shows it", async () => {
      server.onList(page([], "20"));
      const { looks, setReached } = start();
      const waiting = looks.caughtUp(never);
      await eventually(() => {
        expect(server.watches).toHaveLength(1);
      });
      setReached("20");
      await waiting;
    });

    it("go on until they have got so far", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([bookmark("15")], goodEnd), stream([bookmark("20")]));
      const { looks, told } = start();
      await looks.caughtUp(never);
      expect(told).toEqual(["all @15", "all @20"]);
    });

    it("are shared by those who wait, each for the version of his own time", async () => {
      const open: ServerResponse[] = [];
      server.onList(page([], "20"), page([], "20"), page([], "25"), page([], "25"));
      server.onWatch(
        stream([event("MODIFIED", "a", "12")], (response) => open.push(response)),
        stream([bookmark("25")]),
      );
      const { looks, told } = start();
      const first = looks.caughtUp(never);
      await eventually(() => {
        expect(told).toContain("all @12");
      });
      let isDone = false;
      const second = looks.caughtUp(never).then(() => {
        isDone = true;
      });
      await eventually(() => {
        expect(server.lists).toHaveLength(3);
      });
      open[0]?.write(bookmark("20"));
      await first;
      expect(isDone).toBe(false);
      await second;
      expect(server.watches).toHaveLength(2);
    });

    it("are tried again half a second after one failed", async () => {
      server.onList(page([], "20"), refusal(500, "storm"), page([], "20"));
      server.onWatch(stream([bookmark("20")]));
      const { looks, clock } = start();
      let isDone = false;
      void looks.caughtUp(never).then(() => {
        isDone = true;
      });
      await eventually(() => {
        expect(looks.error).toContain("storm");
      });
      await eventually(() => {
        clock.advance(500);
        expect(isDone).toBe(true);
      });
    });

    it("leave him when his time is over, and end", async () => {
      server.onList(page([], "20"));
      server.onWatch(stream([], goodEnd));
      const { looks } = start();
      const time = new AbortController();
      const waiting = looks.caughtUp(time.signal);
      await eventually(() => {
        expect(server.watches.length).toBeGreaterThan(1);
      });
      time.abort(new Error("over"));
      await expect(waiting).rejects.toThrow("over");
      await looks.ended();
    });

    it("say why the version cannot be had", async () => {
      server.onList(refusal(403, "not yours"));
      await expect(start().looks.caughtUp(never)).rejects.toThrow("403 Forbidden: not yours");
    });
  });
});
