import { request } from "node:https";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import type { DevelopmentCertificates } from "../../src/admission/development-certificates.ts";
import { createServer } from "../../src/admission/server.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { asMapping, field, stringField, type Mapping } from "../../src/dialects/manifest.ts";
import { fixedSource } from "../../src/cluster/fixed-source.ts";
import { prepare } from "../../src/guard/guard.ts";
import type { ClusterIndex } from "../../src/engine/cluster-index.ts";
import { NO_PAST } from "../../src/guard/past.ts";
import type { Example, Operation } from "./cases.ts";
import { reviewOf } from "./review.ts";

/** What the guard answered; `rules` are the names of those that refuse. */
export interface Answer {
  readonly allowed: boolean;
  readonly message: string;
  readonly rules: readonly string[];
}

/** A guard over an example's good objects, which come one by one as they are admitted. */
export interface RunningExample {
  readonly port: number;
  readonly index: ClusterIndex;
  readonly ask: (operation: Operation, object: Mapping, old: Mapping | undefined) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const post = (port: number, ca: string, body: object): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path: "/validate?timeout=10s",
        method: "POST",
        ca,
        headers: { "content-type": "application/json" },
      },
      (response) => {
        text(response).then(resolve, reject);
      },
    );
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });

const answerOf = (body: string): Answer => {
  const response = asMapping(field(asMapping(JSON.parse(body), ""), "response"), "response");
  const status = field(response, "status");
  const message = status === undefined ? "" : (stringField(asMapping(status, "status"), "message", "status") ?? "");
  const rules = new Set([...message.matchAll(/^\[[a-z-]+\/([a-z0-9-]+)\]/gm)].map(([, rule = ""]) => rule));
  return { allowed: field(response, "allowed") === true, message: message.trim(), rules: [...rules].sort() };
};

/** Starts the real HTTPS server on loopback with an example's configuration and nothing in its state. */
export const startExample = async (example: Example, tls: DevelopmentCertificates): Promise<RunningExample> => {
  const { settings } = await loadConfiguration(example.config);
  const source = fixedSource([]);
  prepare(source.index, settings);
  const server = createServer({
    tls,
    source,
    settings: () => settings,
    past: NO_PAST,
    checkConfiguration: () => undefined,
    log: pino({ level: "silent" }),
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    index: source.index,
    ask: async (operation, object, old) => answerOf(await post(port, tls.ca, reviewOf(operation, object, old))),
    close: () => server.close(),
  };
};
