import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BytesInFlight } from "../../../src/admission/in-flight.ts";
import { BAD_POD, DATABASE, GOOD_POD, PATH_RULE, reviewFor } from "./reviews.ts";
import { startGuard, type RunningGuard } from "./running-guard.ts";

const soon = { timeout: 10_000, interval: 5 };

const heard: (readonly unknown[])[] = [];
const inFlight = new BytesInFlight(20_000);
let guard: RunningGuard;

beforeAll(async () => {
  guard = await startGuard("127.0.0.1", {
    inFlight,
    observer: {
      answered: (operation, { kind, ...verdict }, seconds) => {
        const codes = "findings" in verdict ? verdict.findings.map(({ code }) => code) : [];
        heard.push([operation, kind, ...codes, seconds > 0 && seconds < 60]);
      },
      failed: (status) => heard.push([status]),
    },
  });
});
afterAll(() => guard.close());
beforeEach(() => {
  guard.set({ configuration: PATH_RULE, state: DATABASE });
  heard.length = 0;
});

describe("an observer hears", () => {
  it("each verdict with its operation, its findings and its time", async () => {
    await guard.send(reviewFor({ object: GOOD_POD }));
    await guard.send(reviewFor({ object: BAD_POD }));
    await guard.send(reviewFor({ object: BAD_POD }), { path: "/audit" });
    guard.set({ configuration: PATH_RULE, state: DATABASE, notReady: "not yet" });
    await guard.send(reviewFor({ object: GOOD_POD }));
    const code = "forbidden-path/db-not-from-frontend";
    expect(heard).toEqual([
      ["CREATE", "allow", true],
      ["CREATE", "deny", code, true],
      ["CREATE", "allow", code, true],
      ["CREATE", "undecided", true],
    ]);
  });

  it("how much was no review, too much at once, or failed, and the log has the request of a failure", async () => {
    await guard.send("{}");
    await guard.send("{");
    await guard.send(Buffer.alloc(30_000));
    const shown = Promise.reject(new Error("broken"));
    shown.catch(() => undefined); // the request waits for it, later
    guard.set({ configuration: PATH_RULE, state: DATABASE, shown });
    await guard.send(reviewFor({ object: GOOD_POD }));
    expect(heard).toEqual([[400], [400], [503], [500]]);
    const { request } = JSON.parse(reviewFor({ object: GOOD_POD })) as { readonly request: { readonly uid: string } };
    expect(JSON.parse(guard.log[0] ?? "")).toMatchObject({
      level: 50,
      uid: request.uid,
      msg: "request failed",
      err: { message: "broken" },
    });
  });
});

it("requests and bytes count as in flight until they are answered or gone", async () => {
  const open = (): TLSSocket => {
    const { port, certificates } = guard;
    const socket = connect({ port, host: "127.0.0.1", ca: certificates.ca, servername: "localhost" });
    socket.write("POST /validate HTTP/1.1\r\nhost: guard\r\ncontent-length: 10000\r\n\r\n0123456789");
    return socket;
  };
  const load = () => [inFlight.requests, inFlight.bytes];
  const sockets = [open(), open()];
  await expect.poll(load, soon).toEqual([2, 20]);
  sockets[0]?.destroy();
  await expect.poll(load, soon).toEqual([1, 10]);
  sockets[1]?.end(" ".repeat(9990));
  await expect.poll(load, soon).toEqual([0, 0]);
  await guard.send(reviewFor({ object: GOOD_POD }));
  await guard.send("{");
  await expect.poll(load, soon).toEqual([0, 0]);
});
