import { Agent } from "node:https";
import { connect } from "node:tls";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../../src/guard/verdict.ts";
import { SERVER_USAGE, testAuthority, type ClientPair, type TestAuthority } from "./client-certificates.ts";
import { BAD_POD, DATABASE, GOOD_POD, PATH_RULE, reviewFor } from "./reviews.ts";
import { startGuard, type Reply, type RunningGuard } from "./running-guard.ts";

const NAME = "kube-apiserver";

let guard: RunningGuard;
let own: TestAuthority;
let other: TestAuthority;
let answered: Verdict["kind"][];
let failed: number[];

beforeAll(async () => {
  [own, other] = await Promise.all([testAuthority("cluster"), testAuthority("cluster")]);
  [answered, failed] = [[], []];
  const observer = {
    answered: (_: unknown, { kind }: Verdict) => void answered.push(kind),
    failed: (status: number) => void failed.push(status),
  };
  guard = await startGuard("127.0.0.1", { clients: { ca: own.ca, names: ["front-proxy", NAME] }, observer });
  guard.set({ configuration: PATH_RULE, state: DATABASE });
});
afterAll(() => guard.close());

/** Asks with a certificate, on a connection of its own. */
const ask = (pair: ClientPair | undefined, body: string | undefined, path = "/validate"): Promise<Reply> =>
  guard.send(body, { path, agent: new Agent({ keepAlive: false }), ...pair });

describe("with a CA and names of the API server", () => {
  it("the API server is answered, on each request of a connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const pair = await own.sign(`CN=${NAME},O=system:masters`);
    const replies = [GOOD_POD, BAD_POD, GOOD_POD].map((object) =>
      guard.send(reviewFor({ object }), { agent, ...pair }),
    );
    const allowed = (await Promise.all(replies)).map(({ text: reply }) => JSON.parse(reply).response.allowed);
    expect(allowed).toEqual([true, false, true]);
    agent.destroy();
  });

  const strangers: readonly (readonly [string, () => Promise<ClientPair | undefined>, RegExp])[] = [
    ["without a certificate", () => Promise.resolve(undefined), /found none/],
    ["with one of another CA of the same name", () => other.sign(`CN=${NAME}`), /found one of another/],
    ["in the name of a node", () => own.sign("CN=system:node:a,O=system:nodes"), /found one in another/],
    ["in no name", () => own.sign(`O=${NAME}`), /found one in another/],
    ["in two names", () => own.sign(`CN=${NAME},CN=eve`), /found one in another/],
    ["in a longer name", () => own.sign(`CN=${NAME}2`), /found one in another/],
    ["with one that has ended", () => own.sign(`CN=${NAME}`, { endsIn: -1000 }), /found one of another/],
    ["with one of a server", () => own.sign(`CN=${NAME}`, { usage: SERVER_USAGE }), /found one of another/],
  ];

  it.each(strangers)("a caller %s is refused, and nothing is judged for it", async (_, pair, reason) => {
    for (const list of [answered, failed, guard.log]) list.length = 0;
    for (const path of ["/validate", "/audit"]) {
      const { status, text: reply, headers } = await ask(await pair(), reviewFor({ object: BAD_POD }), path);
      expect({ status, connection: headers["connection"] }).toEqual({ status: 403, connection: "close" });
      expect(reply).toMatch(reason);
    }
    expect({ answered, failed }).toEqual({ answered: [], failed: [403, 403] });
    expect(guard.log).toEqual([]);
  });

  it("probes need no certificate", async () => {
    expect((await ask(undefined, undefined, "/livez")).status).toBe(200);
    expect((await ask(undefined, undefined, "/readyz")).status).toBe(200);
  });

  it("a caller is refused before its body is read", async () => {
    const socket = connect({ port: guard.port, host: "127.0.0.1", ca: guard.certificates.ca, servername: "localhost" });
    socket.write("POST /validate HTTP/1.1\r\nhost: guard\r\ncontent-length: 15000000\r\n\r\n{");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("a resumed connection over %s is no way around", async (version) => {
    const body = reviewFor({ object: GOOD_POD });
    const request = `POST /validate HTTP/1.1\r\nhost: guard\r\nconnection: close\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
    const exchange = async (pair: ClientPair | undefined, session: Buffer | undefined) => {
      const { port, certificates } = guard;
      const to = { port, host: "127.0.0.1", ca: certificates.ca, servername: "localhost" };
      const socket = connect({ ...to, minVersion: version, maxVersion: version, ...pair, ...(session && { session }) });
      let last: Buffer | undefined;
      socket.on("session", (given: Buffer) => (last = given));
      let isResumed = false;
      socket.once("secureConnect", () => (isResumed = socket.isSessionReused()));
      socket.write(request);
      const reply = await text(socket);
      return { status: reply.slice(9, 12), session: last, isResumed };
    };
    for (const [pair, status] of [
      [await own.sign(`CN=${NAME}`), "200"],
      [await own.sign("CN=eve"), "403"],
      [undefined, "403"],
      // Of the same name it would not come so far: over TLS 1.2, OpenSSL ends a connection with a signature that is wrong.
      [await (await testAuthority("another")).sign(`CN=${NAME}`), "403"],
    ] as const) {
      const first = await exchange(pair, undefined);
      expect(first).toMatchObject({ status, isResumed: false, session: expect.any(Buffer) });
      const second = await exchange(pair, first.session);
      expect(second).toMatchObject({ status, isResumed: true });
    }
  });
});
