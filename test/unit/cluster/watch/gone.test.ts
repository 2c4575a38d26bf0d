import { describe, expect, it } from "vitest";
import { errorEvent, event, goodEnd, page, refusal, stream } from "./answers.ts";
import { codeOf, eventually, quickBackOff, useBench } from "./bench.ts";
import { fastClock } from "./clocks.ts";

describe("a reflector whose watch cannot go on", () => {
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

  it("waits longer and longer between lists that lead to 410 each time", async () => {
    const waits: number[] = [];
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(refusal(410, "gone"));
    const backOff = { firstMs: 100, longestMs: 800, longestRetryAfterMs: 100 };
    const { errors } = bench.follow({ clock: fastClock(5, waits), random: () => 0, limits: { backOff } });
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(7);
    });
    expect(waits.filter((ms) => ms <= backOff.longestMs).slice(0, 6)).toEqual([100, 200, 400, 400, 400, 400]);
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
    const clock = { ...fastClock(5, waits), now: () => 0 };
    const { errors } = bench.follow({ clock, random: () => 0, limits });
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(3);
    });
    expect(waits.filter((ms) => ms <= 400).slice(0, 4)).toEqual([50, 100, 200, 200]);
    expect(bench.server.lists).toHaveLength(1);
  });
});
