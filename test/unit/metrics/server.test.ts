import { request } from "node:http";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serveMetrics, type MetricsServer } from "../../../src/metrics/server.ts";

const soon = { timeout: 10_000, interval: 20 };

let server: MetricsServer;
let made: number;
let fails: boolean;
let logged: string[];

beforeEach(async () => {
  made = 0;
  fails = false;
  logged = [];
  const text = (): Promise<string> => {
    made += 1;
    return fails ? Promise.reject(new Error("no such thing")) : Promise.resolve(`made ${String(made)}\n`);
  };
  const log = pino({ base: null }, { write: (line) => void logged.push(line) });
  server = await serveMetrics({ text, contentType: "text/plain; version=0.0.4" }, { host: "127.0.0.1", port: 0, log });
});
afterEach(() => server.stop());

const ask = (path: string, method = "GET"): Promise<readonly [number | undefined, string, string | undefined]> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, server.url), { method, agent: false }, (response) => {
      textOf(response).then((body) => {
        resolve([response.statusCode, body, response.headers["content-type"]]);
      }, reject);
    });
    sent.on("error", reject);
    sent.end();
  });

it("gives the metrics to whoever reads them, and nothing else", async () => {
  expect(await ask("/metrics")).toEqual([200, "made 1\n", "text/plain; version=0.0.4"]);
  expect((await ask("/metrics?name=x"))[0]).toBe(200);
  expect((await ask("/metrics", "HEAD")).slice(0, 2)).toEqual([200, ""]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect((await ask("/metrics", method))[0]).toBe(405);
  for (const path of ["/", "/validate", "/livez", "/metrics/", "/metricsx"]) expect((await ask(path))[0]).toBe(404);
});

it("makes them once a second at most, however often they are read", async () => {
  await Promise.all(Array.from({ length: 10 }, () => ask("/metrics")));
  expect(made).toBe(1);
  await expect.poll(async () => (await ask("/metrics"))[1], soon).toBe("made 2\n");
});

it("says that they failed in its log alone", async () => {
  fails = true;
  expect(await ask("/metrics")).toEqual([500, "metrics failed; see the guard's log\n", "text/plain"]);
  expect(logged.join("")).toContain("no such thing");
});

it("holds no more than so many connections", async () => {
  const { port } = new URL(server.url);
  const sockets = Array.from({ length: 40 }, () => connect(Number(port), "127.0.0.1").on("error", () => undefined));
  const closed = (): number => sockets.filter((socket) => socket.closed || socket.readableEnded).length;
  for (const socket of sockets) socket.resume();
  await expect.poll(closed, soon).toBe(24);
  for (const socket of sockets) socket.destroy();
});
