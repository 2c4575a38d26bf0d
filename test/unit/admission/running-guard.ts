import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import {
  developmentCertificates,
  type DevelopmentCertificates,
} from "../../../src/admission/development-certificates.ts";
import { createServer, type ServerOptions } from "../../../src/admission/server.ts";
import { fixedSource } from "../../../src/cluster/fixed-source.ts";
import { configurationFault } from "../../../src/config/fault.ts";
import type { Change } from "../../../src/guard/change.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import { prepare } from "../../../src/guard/guard.ts";
import { configured, stateOf } from "../guard/requests.ts";

/** An answer as it came over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly httpVersion: string;
  readonly text: string;
}

/** What a test may change of the guard that runs, from one request to the next. */
export interface Circumstances {
  /** Rules and other fields of a GuardConfiguration. */
  readonly configuration: string;
  /** Manifests. */
  readonly state: string;
  readonly notReady?: string;
  /** Resolves when what was admitted before can be seen. */
  readonly shown?: Promise<void>;
}

/** The real server on loopback, and how it is called. */
export interface RunningGuard {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly certificates: DevelopmentCertificates;
  /** What the state was told to take over, with the version that it replaces. */
  readonly admitted: (readonly [Change, string | undefined])[];
  /** Lines of the log. */
  readonly log: string[];
  readonly set: (circumstances: Circumstances) => void;
  readonly send: (body: string | Buffer | undefined, options?: RequestOptions) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

/** Starts a guard on a free port with development certificates in a folder of its own. */
export const startGuard = async (
  host = "127.0.0.1",
  more: Pick<ServerOptions, "observer" | "inFlight" | "clients"> = {},
): Promise<RunningGuard> => {
  const folder = await mkdtemp(join(tmpdir(), "netpol-guard-server-"));
  const certificates = await developmentCertificates(join(folder, "certificates"));
  const admitted: (readonly [Change, string | undefined])[] = [];
  const log: string[] = [];
  let index = stateOf("");
  let settings = configured("rules: []");
  let notReady: string | undefined;
  let shown: Promise<void> | undefined;
  const app = createServer({
    ...more,
    tls: certificates,
    settings: () => settings,
    past: NO_PAST,
    checkConfiguration: (text) => configurationFault(text, "config.yaml"),
    log: pino({ base: null }, { write: (line) => void log.push(line) }),
    source: {
      ...fixedSource([]),
      get index() {
        return index;
      },
      notReady: () => notReady,
      shown: () => shown,
      admitted: (change, replaces) => void admitted.push([change, replaces]),
    },
  });
  await app.listen({ host, port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    app,
    port,
    certificates,
    admitted,
    log,
    set: (circumstances) => {
      index = stateOf(circumstances.state);
      settings = configured(circumstances.configuration);
      ({ notReady, shown } = circumstances);
      prepare(index, settings);
      admitted.length = 0;
      log.length = 0;
    },
    send: (body, options = {}) =>
      new Promise((resolve, reject) => {
        const call = request(
          {
            host: "127.0.0.1",
            port,
            path: "/validate",
            method: body === undefined ? "GET" : "POST",
            ca: certificates.ca,
            agent,
            servername: "localhost",
            headers: { "content-type": "application/json" },
            ...options,
          },
          (response) => {
            const { statusCode = 0, headers, httpVersion } = response;
            text(response).then((answer) => {
              resolve({ status: statusCode, headers, httpVersion, text: answer });
            }, reject);
          },
        );
        call.on("error", reject);
        call.end(body);
      }),
    close: async () => {
      agent.destroy();
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
};
