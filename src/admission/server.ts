import { setImmediate as nextTurn } from "node:timers/promises";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { DecodeError, GuardError } from "../model/errors.ts";
import { answerReview, ReviewError, type AnswerOptions } from "./answer.ts";
import { BodyError, readBody } from "./body.ts";
import { deadlineOf } from "./deadline.ts";
import type { Strictness } from "./decide.ts";
import { callerCheck, tlsOf, type ClientIdentity } from "./client-identity.ts";
import { BytesInFlight } from "./in-flight.ts";
import { LoopTurns } from "./loop-turns.ts";
import type { RequestObserver } from "./observer.ts";

/** Server certificate and key, PEM. */
export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the webhook serves with. */
export interface ServerOptions extends AnswerOptions {
  readonly tls: TlsPair;
  readonly observer?: RequestObserver;
  /** Who may ask for reviews; whoever reaches the port, if it is left out. Probes are for all. */
  readonly clients?: ClientIdentity | undefined;
  /** Where the bytes of bodies are booked; by default nobody else sees it. */
  readonly inFlight?: BytesInFlight;
}

/** The API server drops idle connections after 90 s; one that we close first is an EOF on its next POST. */
const KEEP_ALIVE_MS = 100_000;
/** Above the keep-alive, or Node ends an idle connection by this one. */
const HEADERS_MS = 105_000;
/** A review that has not arrived by now is no review: the API server waits 30 s at most. */
const REQUEST_MS = 30_000;
/** In seconds; by then other requests are through. */
const RETRY_AFTER = "1";

const parseJson = (body: Buffer | undefined): unknown => {
  try {
    return JSON.parse(body?.toString() ?? "");
  } catch (cause) {
    throw new DecodeError("", `expected a JSON body: ${cause instanceof Error ? cause.message : "cannot be read"}`);
  }
};

declare module "fastify" {
  interface FastifyRequest {
    /** Bytes of its body that count as in flight. */
    booked: number;
    /** Counts as under way. */
    isUnderWay: boolean;
  }
}

/** Gives handlers the bytes of a body, whatever its sender calls it: the body is a review. */
const readBodies = (app: FastifyInstance, inFlight: BytesInFlight): void => {
  const release = (request: FastifyRequest): void => {
    inFlight.release(request.booked);
    request.booked = 0;
    if (request.isUnderWay) inFlight.end();
    request.isUnderWay = false;
  };
  app.decorateRequest("booked", 0);
  app.decorateRequest("isUnderWay", false);
  app.server.prependListener("request", ({ headers }) => {
    // Fastify would refuse a content type that it cannot read.
    headers["content-type"] = "application/json";
  });
  app.addHook("onRequestAbort", (request, done) => {
    release(request);
    // Nobody hears the answer: while it waits for its turn, nothing of it is kept.
    request.body = undefined;
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    release(request);
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, payload, done) => {
    request.isUnderWay = true;
    inFlight.begin();
    const booked = (bytes: number): void => {
      request.booked += bytes;
    };
    readBody(payload, inFlight, booked, (error, body) => {
      done(error, body);
    });
  });
};

/**
 * The webhook over HTTPS: `POST /validate`, `POST /audit` (the same, and nothing is refused), `/livez`, `/readyz`. Not
 * listening yet.
 */
export const createServer = (options: ServerOptions): FastifyInstance => {
  const app = Fastify({
    https: { ...options.tls, ...(options.clients && tlsOf(options.clients)) },
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // Keys such as __proto__ are legal in what users send and are only ever looked up as own properties.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = HEADERS_MS;
  readBodies(app, options.inFlight ?? new BytesInFlight());
  const check = options.clients && callerCheck(options.clients);
  // Before the body is read, and for good: nothing more of it is waited for.
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      check?.(request.raw.socket);
      done();
    } catch (cause) {
      void reply.header("connection", "close");
      done(cause instanceof Error ? cause : new GuardError("the caller could not be checked", { cause }));
    }
  };
  const turns = new LoopTurns();
  const answerAt = (path: string, strictness: Strictness): void => {
    interface Route {
      Body: Buffer | undefined;
      Querystring: { timeout?: unknown };
    }
    app.post<Route>(path, { onRequest }, async (request, reply) => {
      const deadline = deadlineOf(request.query.timeout);
      const answer = await turns.run(async () => answerReview(options, parseJson(request.body), deadline, strictness));
      // Answers to what arrived together are written together: their receiver wakes up once, and not once for each.
      await nextTurn();
      return reply.type("application/json").send(JSON.stringify(answer));
    });
  };
  answerAt("/validate", "as configured");
  answerAt("/audit", "audit only");
  app.get("/livez", (_request, reply) => reply.send("ok"));
  app.get("/readyz", (_request, reply) => {
    const reason = options.source.notReady();
    return reason === undefined ? reply.send("ok") : reply.code(503).send(reason);
  });
  const fail = (reply: FastifyReply, code: number, error: string, path?: string): FastifyReply => {
    options.observer?.failed(code);
    return reply.code(code).send({ error, ...(path === undefined ? {} : { path }) });
  };
  app.setErrorHandler((error: unknown, _request, reply) => {
    if (error instanceof DecodeError) return fail(reply, 400, error.message, error.path);
    if (error instanceof BodyError) {
      if (error.statusCode === 503) void reply.header("retry-after", RETRY_AFTER);
      return fail(reply, error.statusCode, error.message);
    }
    const code =
      typeof error === "object" && error !== null && "statusCode" in error && typeof error.statusCode === "number"
        ? error.statusCode
        : 500;
    if (error instanceof ReviewError) options.log.error({ uid: error.uid, err: error.cause }, "request failed");
    else if (code >= 500) options.log.error({ err: error }, "request failed");
    return fail(reply, code, error instanceof Error && code < 500 ? error.message : "the guard failed; see its log");
  });
  return app;
};
