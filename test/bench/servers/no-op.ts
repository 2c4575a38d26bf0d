import Fastify, { type FastifyInstance } from "fastify";
import type { TlsPair } from "../../../src/admission/server.ts";
import { answerCommands } from "../child-process.ts";
import { cpuMicros } from "./cpu-micros.ts";
import { listen } from "./listen.ts";

// The least that an HTTPS webhook does: it parses the review, echoes its uid and allows. The floor of every ratio.

interface Body {
  readonly request: { readonly uid: string };
}

/** As the guard's own server, so that neither does more for a connection than the other. */
const OPTIONS = {
  bodyLimit: 16 * 1024 * 1024,
  keepAliveTimeout: 100_000,
  requestTimeout: 30_000,
  onProtoPoisoning: "ignore",
  onConstructorPoisoning: "ignore",
} as const;

const commands = {
  cpuMicros,
  listen: (tls: TlsPair): Promise<number> => {
    const server = Fastify({ https: { ...tls }, ...OPTIONS }) as unknown as FastifyInstance;
    server.post<{ Body: Body }>("/validate", ({ body }) => ({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: body.request.uid, allowed: true },
    }));
    return listen(server);
  },
};

/** What the process does when it is asked. */
export type NoOpCommands = typeof commands;

answerCommands(commands);
