import http, { type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import https, { type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node";
import { errorOfAnswer } from "./api-status.ts";
import { ConnectionError } from "./errors.ts";
import { chunksOf, connectionFault, readText, TooLargeError } from "./response-body.ts";
import { unlessAborted } from "./unless-aborted.ts";
import type { Watchdog } from "./watchdog.ts";

/** Requests to an API server that are bounded by one watchdog. */
export interface ApiRequests {
  /**
   * The body of the answer to a GET of `target` (a path with its query), once its head has come with status 200;
   * `answerMs` bounds the wait for it, `accept` names the JSON that is wanted. Throws ConnectionError, ApiError, or the
   * reason why the watchdog was aborted.
   */
  get(target: string, answerMs: number, accept?: string): Promise<AsyncGenerator<Buffer, void, void>>;
}

/** Requests to the API server of a kubeconfig, one after the other over one connection. */
export interface ApiConnection extends ApiRequests {
  /** Closes the connection. */
  readonly close: () => void;
}

/** Requests to the API server of a kubeconfig, some at once, over connections that are kept for the next. */
export interface ApiConnections {
  /** Requests with a watchdog of their own. */
  readonly on: (watchdog: Watchdog) => ApiRequests;
  /** Closes the connections. */
  readonly close: () => void;
}

/**
 * A peer that no longer answers is noticed in twice this time, as ten probes follow a second apart (libuv sets that).
 * TCP answers for a paused process, so this finds a lost network only.
 */
const TCP_PROBE_AFTER_MS = 10_000;

/** Reaching and greeting takes three round trips; a packet lost on the way is sent again after one and three seconds. */
const CONNECT_MS = 10_000;

/** A credential plugin of the kubeconfig may ask a service over the network. */
const CREDENTIALS_MS = 30_000;

/** A Status object is a few hundred bytes; what is longer was not sent by an API server. */
const ERROR_BODY_BYTES = 64 * 1024;

const seconds = (ms: number): string => `${String(ms / 1000)} s`;

/** An agent of its own, which keeps so many connections: the pages of a list share one. */
const agentOf = (protocol: string, maxSockets: number): http.Agent => {
  const settings = { keepAlive: true, maxSockets };
  return protocol === "http:" ? new http.Agent(settings) : new https.Agent(settings);
};

const send = (
  url: URL,
  options: RequestOptions,
  { watchdog, answerMs, onSocket }: { watchdog: Watchdog; answerMs: number; onSocket: (socket: Socket) => void },
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === "http:" ? http : https).request(url, { ...options, signal: watchdog.signal });
    watchdog.limit(CONNECT_MS, () => new ConnectionError(`no connection to ${url.host} within ${seconds(CONNECT_MS)}`));
    request.on("socket", onSocket);
    request.on("finish", () => {
      watchdog.limit(answerMs, () => new ConnectionError(`no answer from ${url.host} within ${seconds(answerMs)}`));
    });
    request.on("response", resolve);
    request.on("error", reject);
    request.end();
  });

/**
 * `atOnce` connections to the current cluster of `kubeConfig`, made as they are needed, with credentials and
 * certificates read afresh. (Its `Watch` and typed clients make a connection pool for each call; `applyToHTTPSOptions`
 * keeps its agent, with the certificates of the first call, for good.) Throws ConnectionError when there are none to be
 * had.
 */
export const openConnections = async (
  kubeConfig: KubeConfig,
  watchdog: Watchdog,
  atOnce: number,
): Promise<ApiConnections> => {
  const { signal } = watchdog;
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw new ConnectionError("the kubeconfig has no current cluster");
  const server = cluster.server.replace(/\/+$/, "");
  const credentials: Omit<RequestOptions, "headers"> & { readonly headers: OutgoingHttpHeaders } = { headers: {} };
  watchdog.limit(CREDENTIALS_MS, () => new ConnectionError(`no credentials within ${seconds(CREDENTIALS_MS)}`));
  try {
    await unlessAborted(kubeConfig.applyToHTTPSOptions(credentials), signal);
  } catch (error) {
    throw connectionFault(error, signal);
  }
  // How to speak to a proxy is known to client-node's agent only.
  const direct = (cluster.proxyUrl ?? "") === "";
  const options = {
    ...credentials,
    agent: direct ? agentOf(new URL(server).protocol, atOnce) : credentials.agent,
  };
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.setKeepAlive(true, TCP_PROBE_AFTER_MS);
  };
  const get = async (
    own: Watchdog,
    target: string,
    answerMs: number,
    accept = "application/json",
  ): ReturnType<ApiRequests["get"]> => {
    const url = new URL(server + target);
    const headers = { ...credentials.headers, accept, "user-agent": "netpol-guard" };
    const sent = send(url, { ...options, headers }, { watchdog: own, answerMs, onSocket });
    const response = await sent.catch((error: unknown) => {
      throw connectionFault(error, own.signal);
    });
    const body = chunksOf(response, own.signal);
    if (response.statusCode === 200) return body;
    const text = await readText(body, ERROR_BODY_BYTES).catch((error: unknown) => {
      if (error instanceof TooLargeError) return "";
      throw error;
    });
    throw errorOfAnswer(response.statusCode ?? 0, text, response.headers["retry-after"]);
  };
  return {
    on: (own) => ({ get: (target, answerMs, accept) => get(own, target, answerMs, accept) }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** Connects to the current cluster of `kubeConfig`; one watchdog bounds all that is asked. Throws as `openConnections`. */
export const openConnection = async (kubeConfig: KubeConfig, watchdog: Watchdog): Promise<ApiConnection> => {
  const connections = await openConnections(kubeConfig, watchdog, 1);
  return { ...connections.on(watchdog), close: connections.close };
};
