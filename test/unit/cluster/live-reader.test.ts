import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveReader } from "../../../src/cluster/live-reader.ts";
import { ApiError, ConnectionError } from "../../../src/cluster/watch/errors.ts";
import { readText } from "../../../src/cluster/watch/response-body.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { refusal } from "./watch/answers.ts";
import { eventually, PATIENCE_MS } from "./watch/bench.ts";
import { manualClock } from "./watch/clocks.ts";
import { type Answer, type FakeApiServer, startFakeApiServer } from "./watch/fake-api-server.ts";

const never = new AbortController().signal;
const ok: Answer = (response) => response.end("ok");
const LONG_MS = 300_000;

describe("reads from the API server", () => {
  vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
  let server: FakeApiServer;
  let reader: LiveReader;
  let clock: ReturnType<typeof manualClock>;
  beforeEach(async () => {
    server = await startFakeApiServer();
    clock = manualClock();
    reader = new LiveReader(server.kubeConfig, clock);
  });
  afterEach(async () => {
    reader.stop();
    await server.close();
  });
  const read = (signal = never): Promise<string> =>
    reader.run(signal, async (requests) => readText(await requests.get("/api", 1000), 100));

  it("share connections that are kept, with the credentials of the kubeconfig", async () => {
    server.onList(ok);
    for (let round = 0; round < 3; round += 1) await expect(read()).resolves.toBe("ok");
    expect(server.accepted).toBe(1);
    expect(server.lists[2]?.headers.authorization).toBe("Bearer secret");
    expect(clock.pending).toBe(0);
  });

  it("are eight at once at most", async () => {
    const answers: (() => void)[] = [];
    server.onList((response) => {
      answers.push(() => response.end("ok"));
    });
    const all = Array.from({ length: 20 }, () => read());
    await eventually(() => {
      expect(answers).toHaveLength(8);
    });
    expect(await server.connections()).toBe(8);
    for (let answered = 0; answered < 20; answered += 1) {
      await eventually(() => {
        expect(answers.length).toBeGreaterThan(answered);
      });
      answers[answered]?.();
    }
    await expect(Promise.all(all)).resolves.toHaveLength(20);
    expect(server.accepted).toBe(8);
  });

  it("are refused when there are too many of them", async () => {
    const ending = new AbortController();
    const all = Array.from({ length: 1024 }, () => read(ending.signal));
    await expect(read()).rejects.toThrow("too much is being read from the API server at once");
    ending.abort(new GuardError("enough"));
    for (const { status } of await Promise.allSettled(all)) expect(status).toBe("rejected");
    server.onList(ok);
    await expect(read()).resolves.toBe("ok");
  });

  it("use new connections, and credentials, after five minutes", async () => {
    server.onList(ok);
    await read();
    clock.advance(LONG_MS - 1);
    await read();
    expect(server.accepted).toBe(1);
    clock.advance(1);
    await read();
    expect(server.accepted).toBe(2);
    await eventually(async () => {
      expect(await server.connections()).toBe(1);
    });
  });

  it.each<[string, Answer]>([
    ["the connection broke", (response) => response.socket?.destroy()],
    ["the token had expired", refusal(401, "who?")],
  ])("are tried once more where %s", async (_, fails) => {
    server.onList(ok, fails, ok);
    await read();
    await expect(read()).resolves.toBe("ok");
    expect(server.lists).toHaveLength(3);
    expect(server.accepted).toBe(2);
  });

  it("are tried over another connection where one that was kept does not answer", async () => {
    server.onList(ok, () => undefined, ok);
    await read();
    const second = read();
    await eventually(() => {
      expect(server.lists).toHaveLength(2);
    });
    clock.advance(1000);
    await expect(second).resolves.toBe("ok");
    expect(server.accepted).toBe(2);
  });

  it("fail when the second attempt does", async () => {
    server.onList((response) => response.socket?.destroy());
    await expect(read()).rejects.toThrow(ConnectionError);
    expect(server.lists).toHaveLength(2);
  });

  it("fail at once where the API server refuses them", async () => {
    server.onList(refusal(403, "not yours"));
    await expect(read()).rejects.toThrow(ApiError);
    expect(server.lists).toHaveLength(1);
  });

  it("end when nobody waits any more, and the next one is served", async () => {
    server.onList(() => undefined, ok);
    const ending = new AbortController();
    const first = read(ending.signal);
    await eventually(() => {
      expect(server.lists).toHaveLength(1);
    });
    ending.abort(new GuardError("over"));
    await expect(first).rejects.toThrow("over");
    await expect(read(ending.signal)).rejects.toThrow("over");
    await expect(read()).resolves.toBe("ok");
    expect(server.lists).toHaveLength(2);
  });

  it("leave no connection open when it is stopped", async () => {
    server.onList(ok);
    await read();
    reader.stop();
    await eventually(async () => {
      expect(await server.connections()).toBe(0);
    });
  });
});
