import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../../../src/cluster/watch/errors.ts";
import { createReflector } from "../../../../src/cluster/watch/reflector.ts";
import { event, goodEnd, halfClose, page, reset, stream } from "./answers.ts";
import { eventually, pods, useBench } from "./bench.ts";
import { fastClock } from "./clocks.ts";
import { kubeConfigFor, startFakeApiServer } from "./fake-api-server.ts";

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
    expect(errors.map(({ message }) => message)).toEqual([
      "watch /api/v1/pods: the connection broke before the answer was complete",
    ]);
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
