import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DATABASE, GOOD_POD, PATH_RULE, responseOf, reviewFor } from "./reviews.ts";
import { startGuard, type RunningGuard } from "./running-guard.ts";

const BODY_LIMIT = 16 * 1024 * 1024;
/** All bodies together: what the server holds at most. */
const IN_FLIGHT = 128 * 1024 * 1024;

let guard: RunningGuard;

beforeAll(async () => {
  guard = await startGuard();
});
afterAll(() => guard.close());
beforeEach(() => {
  guard.set({ configuration: PATH_RULE, state: DATABASE });
});

it("answers 500 connections at once, each with its own answer", async () => {
  const replies = await Promise.all(
    Array.from({ length: 500 }, (_, index) => {
      const different = index % 2 === 0 ? { uid: `u-${index}` } : { uid: `u-${index}`, object: GOOD_POD };
      return guard.send(reviewFor(different), { agent: false });
    }),
  );
  const answers = replies.map((reply) => responseOf(reply)).map(({ uid, allowed }) => [uid, allowed]);
  expect(answers).toEqual(Array.from({ length: 500 }, (_, index) => [`u-${index}`, index % 2 === 1]));
});

it("answers a second request on the same connection", async () => {
  const socket = connect({ port: guard.port, host: "127.0.0.1", servername: "localhost", ca: guard.certificates.ca });
  await once(socket, "secureConnect");
  const body = reviewFor();
  const request = `POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  for (let count = 0; count < 2; count++) {
    socket.write(request);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  }
  socket.destroy();
});

describe("when the bodies under way fill the memory they may have", () => {
  const FILLING = IN_FLIGHT / BODY_LIMIT;

  /** One for each test: what the one before has still in flight would take the place of what this one sends. */
  let full: RunningGuard;
  beforeEach(async () => {
    full = await startGuard();
    full.set({ configuration: PATH_RULE, state: DATABASE });
  });
  afterEach(() => full.close());

  /** A request whose body is there but for its last byte. */
  const almostSent = async (): Promise<TLSSocket> => {
    const socket = connect({ port: full.port, host: "127.0.0.1", servername: "localhost", ca: full.certificates.ca });
    socket.on("error", () => undefined);
    await once(socket, "secureConnect");
    socket.write(`POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY_LIMIT}\r\n\r\n`);
    await new Promise<void>((resolve) => {
      socket.write(Buffer.alloc(BODY_LIMIT - 1, " "), () => {
        resolve();
      });
    });
    return socket;
  };
  const status = async (): Promise<number> => (await full.send(reviewFor())).status;

  it("asks to try again later, and serves as soon as there is room", { timeout: 60_000 }, async () => {
    const sockets = await Promise.all(Array.from({ length: FILLING }, almostSent));
    await expect.poll(status, { timeout: 20_000 }).toBe(503);
    const refused = await full.send(reviewFor());
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(refused.text)).toHaveProperty("error");
    expect((await full.send(undefined, { path: "/livez" })).status).toBe(200);

    const [first, ...others] = sockets;
    first?.write(" ");
    await expect.poll(status, { timeout: 20_000 }).toBe(200);
    for (const socket of others) socket.destroy();
    first?.destroy();
    expect(responseOf(await full.send(reviewFor())).allowed).toBe(false);
  });

  it("forgets those whose sender has gone", { timeout: 60_000 }, async () => {
    const sockets = await Promise.all(Array.from({ length: FILLING }, almostSent));
    await expect.poll(status, { timeout: 20_000 }).toBe(503);
    for (const socket of sockets) socket.destroy();
    await expect.poll(status, { timeout: 20_000 }).toBe(200);
  });

  it("does not count what a sender only announces", async () => {
    const sockets = await Promise.all(
      Array.from({ length: 2 * FILLING }, async () => {
        const socket = connect({
          port: full.port,
          host: "127.0.0.1",
          servername: "localhost",
          ca: full.certificates.ca,
        });
        socket.on("error", () => undefined);
        await once(socket, "secureConnect");
        socket.write(`POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY_LIMIT}\r\n\r\n`);
        return socket;
      }),
    );
    const statuses = await Promise.all(Array.from({ length: 20 }, status));
    for (const socket of sockets) socket.destroy();
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
