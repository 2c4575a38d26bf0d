import { Transform } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { DecodeError, GuardError } from "../model/errors.ts";
import { answerReview, type AnswerOptions } from "./answer.ts";
import { BytesInFlight } from "./in-flight.ts";

/** Server certificate and key, PEM. */
export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the webhook serves with. */
export interface ServerOptions extends AnswerOptions {
  readonly tls: TlsPair;
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

/** Too many bodies are in memory. */
class OverloadError extends GuardError {
  readonly statusCode = 503;

  constructor() {
    super("too many requests are under way; try again");
  }
}

const fail = (reply: FastifyReply, code: number, error: string, path?: string): FastifyReply =>
  reply.code(code).send({ error, ...(path === undefined ? {} : { path }) });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError("", `expected a JSON body: ${cause instanceof Error ? cause.message : "cannot be read"}`);
  }
};

/** Counts what arrives, not what is announced: a sender who only promises a body takes nobody's place. */
const limitBytes = (app: FastifyInstance, inFlight: BytesInFlight): void => {
  const booked = new WeakMap<object, number>();
  const release = (raw: object): void => {
    inFlight.release(booked.get(raw) ?? 0);
    booked.delete(raw);
  };
  app.addHook("preParsing", (request, reply, payload, done) => {
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        if (!inFlight.take(chunk.length)) {
          void reply.header("retry-after", RETRY_AFTER);
          next(new OverloadError());
          return;
        }
        booked.set(request.raw, (booked.get(request.raw) ?? 0) + chunk.length);
        next(null, chunk);
      },
    });
    payload.on("error", (error) => counted.destroy(error));
    done(null, payload.pipe(counted));
  });
  app.addHook("onRequestAbort", (request, done) => {
    release(request.raw);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    release(request.raw);
    done();
  });
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
  // Whatever a sender calls it, the body is a review; Fastify would refuse a content type that it cannot read.
  app.addHook("onRequest", (request, _reply, done) => {
    request.raw.headers["content-type"] = "application/json";
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    done(null, body);
  });
  limitBytes(app, new BytesInFlight());
  app.post<{ Body: string; Querystring: { timeout?: unknown } }>("/validate", async (request, reply) => {
    const answer = await answerReview(options, parseJson(request.body), request.query.timeout);
    return reply.type("application/json").send(JSON.stringify(answer));
  });
  app.get("/livez", (_request, reply) => reply.send("ok"));
  app.get("/readyz", (_request, reply) => {
    const reason = options.source.notReady();
    return reason === undefined ? reply.send("ok") : reply.code(503).send(reason);
  });
  app.setErrorHandler((error: unknown, _request, reply) => {
    if (error instanceof DecodeError) return fail(reply, 400, error.message, error.path);
    if (error instanceof OverloadError) return fail(reply, error.statusCode, error.message);
    const code =
      typeof error === "object" && error !== null && "statusCode" in error && typeof error.statusCode === "number"
        ? error.statusCode
        : 500;
    if (code >= 500) options.log.error({ err: error }, "request failed");
    return fail(reply, code, error instanceof Error && code < 500 ? error.message : "the guard failed; see its log");
  });
  return app;
};
