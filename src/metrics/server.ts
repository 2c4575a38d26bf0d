import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Metrics } from "./index.ts";

/** Who reads more often gets the same again: reading takes milliseconds in which no review is answered. */
const FRESH_MS = 1000;
/** A Prometheus and its twin, and a person. */
const MOST_CONNECTIONS = 16;
/** A request has no body, and a header or two. */
const REQUEST_MS = 5000;
const HEADER_BYTES = 8192;
const KEEP_ALIVE_MS = 60_000;

/** Where metrics are read. */
export interface MetricsServer {
  /** `http://HOST:PORT/metrics` */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The text of the metrics, made once a second at most. */
const freshText = ({ text }: Pick<Metrics, "text">): (() => Promise<string>) => {
  let madeAt = Number.NEGATIVE_INFINITY;
  let made: Promise<string> | undefined;
  return () => {
    if (made !== undefined && performance.now() - madeAt < FRESH_MS) return made;
    madeAt = performance.now();
    made = text();
    return made;
  };
};

const answer = (response: ServerResponse, code: number, type: string, body: string): void => {
  response.writeHead(code, { "content-type": type, "x-content-type-options": "nosniff" }).end(body);
};

/** Serves `GET /metrics` over plain HTTP and nothing else. Throws what listening throws. */
export const serveMetrics = async (
  metrics: Pick<Metrics, "text" | "contentType">,
  { host, port, log }: { readonly host: string; readonly port: number; readonly log: Logger },
): Promise<MetricsServer> => {
  const text = freshText(metrics);
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES,
    },
    ({ method, url }, response) => {
      if (url?.split("?")[0] !== "/metrics") answer(response, 404, "text/plain", "see /metrics\n");
      else if (method !== "GET" && method !== "HEAD") {
        response.setHeader("allow", "GET, HEAD");
        answer(response, 405, "text/plain", "metrics are only read\n");
      } else
        text().then(
          (body) => {
            answer(response, 200, metrics.contentType, body);
          },
          (error: unknown) => {
            log.error({ err: error }, "metrics failed");
            answer(response, 500, "text/plain", "metrics failed; see the guard's log\n");
          },
        );
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${String(own)}/metrics`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
