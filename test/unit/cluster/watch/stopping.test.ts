import { describe, expect, it } from "vitest";
import { event, page, refusal, stream } from "./answers.ts";
import { eventually, pods, useBench } from "./bench.ts";
import { manualClock } from "./clocks.ts";

/** Long enough that a test fails by its own time limit when something waits for it. */
const FOREVER = { firstMs: 1_000_000, longestMs: 1_000_000, longestRetryAfterMs: 0 };

describe("stopping a reflector", () => {
  const bench = useBench();

  it.each([
    ["listing", [], []],
    ["connecting", [page([], "10")], []],
    ["watching", [page([], "10")], [stream()]],
    ["waiting", [refusal(500, "no")], []],
  ] as const)("ends it while %s", async (phase, lists, watches) => {
    const clock = manualClock();
    bench.server.onList(...lists);
    bench.server.onWatch(...watches);
    const { reflector, errors } = bench.follow({ clock, limits: { backOff: FOREVER } });
    await eventually(async () => {
      expect(reflector.state().phase).toBe(phase);
      expect(await bench.server.connections()).toBe(phase === "waiting" ? 0 : 1);
    });
    const before = errors.length;
    await reflector.stop();
    await reflector.stop();
    expect(reflector.state().phase).toBe("stopped");
    expect(clock.pending).toBe(0);
    expect(errors).toHaveLength(before);
    await eventually(async () => {
      expect(await bench.server.connections()).toBe(0);
    });
  });

  it("hands nothing over any more, not even the rest of what has come", async () => {
    bench.server.onList(page([], "10"));
    bench.server.onWatch(stream([event("ADDED", "a", "11") + event("ADDED", "b", "12")]));
    let stopped: Promise<void> | undefined;
    const upserts: string[] = [];
    const { reflector } = bench.follow({}, pods, {
      upsert: (item) => {
        upserts.push(item);
        stopped = reflector.stop();
      },
    });
    await eventually(() => {
      expect(stopped).toBeDefined();
    });
    await stopped;
    expect(upserts).toEqual(["a"]);
  });

  it("waits for a sink that is at work", async () => {
    const work = Promise.withResolvers<undefined>();
    let begun = false;
    bench.server.onList(page([], "10"));
    const { reflector } = bench.follow({}, pods, {
      replace: async () => {
        begun = true;
        await work.promise;
      },
    });
    await eventually(() => {
      expect(begun).toBe(true);
    });
    let ended = false;
    const stopping = reflector.stop().then(() => {
      ended = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    work.resolve(undefined);
    await stopping;
    expect(bench.server.watches).toHaveLength(0);
  });

  it("is for good", async () => {
    const { reflector } = bench.follow();
    await reflector.stop();
    expect(() => {
      reflector.start();
    }).toThrow("stopped, which is for good");
  });

  it("rejects who waits for the first list", async () => {
    const { reflector } = bench.follow();
    const waiting = expect(reflector.waitForSync()).rejects.toThrow("list /api/v1/pods: not complete yet");
    await reflector.stop();
    await waiting;
  });
});

describe("waiting for the first list", () => {
  const bench = useBench();

  it("ends with the last error when its signal is aborted, and the reflector goes on", async () => {
    const { server } = bench;
    server.onList(refusal(403, "you may not"));
    const { reflector, errors } = bench.follow();
    const patience = new AbortController();
    const waiting = expect(reflector.waitForSync(patience.signal)).rejects.toThrow(
      "list /api/v1/pods: 403 Forbidden: you may not",
    );
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(0);
    });
    patience.abort();
    await waiting;
    server.onList(page(["a"], "10"));
    await reflector.waitForSync();
    await reflector.waitForSync(AbortSignal.abort());
  });
});
