import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Logger } from "pino";
import { judge, type GuardSettings } from "../guard/guard.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { Verdict } from "../guard/verdict.ts";
import { DecodeError, GuardError } from "../model/errors.ts";
import { refText } from "../model/objects.ts";
import { codesText } from "../guard/message.ts";
import { deadlineOf } from "./deadline.ts";
import { BytesInFlight } from "./in-flight.ts";
import { respond } from "./respond.ts";
import { changeByBinding } from "./binding.ts";
import { decodeReview, type Review } from "./review.ts";

/** Server certificate and key, PEM. */
export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the webhook serves with. */
export interface ServerOptions {
  readonly tls: TlsPair;
  readonly source: StateSource;
  readonly settings: () => GuardSettings;
  readonly log: Logger;
}

/** The API server drops idle connections after 90 s; one that we close first is an EOF on its next POST. */
const KEEP_ALIVE_MS = 100_000;
/** Above the keep-alive, or Node ends an idle connection by this one. */
const HEADERS_MS = 105_000;
/** A review that has not arrived by now is no review: the API server waits 30 s at most. */
const REQUEST_MS = 30_000;
/** The API server takes objects of 3 MiB; a review holds two of them, escaped. Fastify's 1 MiB would be a bypass. */
const BODY_BYTES = 16 * 1024 * 1024;
/** In seconds; by then other requests are through. */
const RETRY_AFTER = "1";

const fail = (reply: FastifyReply, code: number, error: string, path?: string): FastifyReply =>
  reply.code(code).send({ error, ...(path === undefined ? {} : { path }) });

const judgeReview = ({ source, settings }: ServerOptions, review: Review, timeout: unknown): Verdict => {
  if (review.change === undefined && review.binding === undefined) return { kind: "allow", findings: [] };
  const reason = source.notReady();
  if (reason !== undefined) return { kind: "undecided", cause: new GuardError(reason) };
  const change = review.change ?? (review.binding && changeByBinding(source.index, review.binding));
  if (change === undefined)
    return { kind: "undecided", cause: new GuardError("the pod that is bound is not known here yet") };
  const verdict = judge(source.index, change, settings(), deadlineOf(timeout));
  if (verdict.kind === "allow" && !change.dryRun && !review.unnamed) source.admitted(change, review.replaces);
  return verdict;
};

const answerReview = (options: ServerOptions, body: unknown, timeout: unknown): unknown => {
  const review = decodeReview(body);
  const verdict = judgeReview(options, review, timeout);
  if (verdict.kind !== "allow" || verdict.findings.length > 0)
    options.log.info(
      {
        uid: review.uid,
        decision: verdict.kind,
        findings: codesText(verdict),
        ...(review.change === undefined
          ? {}
          : { object: refText(review.change.ref), operation: review.change.operation }),
        ...(verdict.kind === "undecided" ? { cause: verdict.cause } : {}),
      },
      "review",
    );
  const response = respond(review.uid, verdict, options.settings());
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError("", `expected a JSON body: ${cause instanceof Error ? cause.message : "cannot be read"}`);
  }
};

const limitBytes = (app: FastifyInstance, inFlight: BytesInFlight): void => {
  const booked = new WeakMap<object, number>();
  app.addHook("onRequest", async (request, reply) => {
    if (request.method !== "POST") return;
    const length = Number(request.headers["content-length"] ?? BODY_BYTES);
    const bytes = Number.isFinite(length) ? Math.min(length, BODY_BYTES) : BODY_BYTES;
    if (!inFlight.take(bytes))
      return fail(reply.header("retry-after", RETRY_AFTER), 503, "too many requests are under way; try again");
    booked.set(request.raw, bytes);
  });
  app.addHook("onRequestAbort", (request, done) => {
    release(request.raw);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    release(request.raw);
    done();
  });
  const release = (raw: object): void => {
    inFlight.release(booked.get(raw) ?? 0);
    booked.delete(raw);
  };
};

/** The webhook over HTTPS: `POST /validate`, `/livez`, `/readyz`. Not listening yet. */
export const createServer = (options: ServerOptions): FastifyInstance => {
  const app = Fastify({
    https: { ...options.tls },
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // Keys such as __proto__ are legal in what users send and are only ever looked up as own properties.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = HEADERS_MS;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    done(null, body);
  });
  limitBytes(app, new BytesInFlight());
  app.post<{ Body: string; Querystring: { timeout?: unknown } }>("/validate", (request, reply) =>
    reply
      .type("application/json")
      .send(JSON.stringify(answerReview(options, parseJson(request.body), request.query.timeout))),
  );
  app.get("/livez", (_request, reply) => reply.send("ok"));
  app.get("/readyz", (_request, reply) => {
    const reason = options.source.notReady();
    return reason === undefined ? reply.send("ok") : reply.code(503).send(reason);
  });
  app.setErrorHandler((error: unknown, _request, reply) => {
    if (error instanceof DecodeError) return fail(reply, 400, error.message, error.path);
    const code =
      typeof error === "object" && error !== null && "statusCode" in error && typeof error.statusCode === "number"
        ? error.statusCode
        : 500;
    if (code >= 500) options.log.error({ err: error }, "request failed");
    return fail(reply, code, error instanceof Error && code < 500 ? error.message : "the guard failed; see its log");
  });
  return app;
};
