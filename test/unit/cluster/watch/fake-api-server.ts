import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A request that the fake was sent. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** Answers one request. */
export type Answer = (response: ServerResponse, asked: Asked) => void;

/** An API server that answers as it is told, and remembers what it was asked. */
export interface FakeApiServer {
  readonly kubeConfig: KubeConfig;
  readonly lists: readonly Asked[];
  readonly watches: readonly Asked[];
  /** How many connections were made so far. */
  readonly accepted: number;
  /** The connections that are open. */
  connections(): Promise<number>;
  /** The n-th list or watch gets the n-th answer, and all later ones the last. */
  onList(...answers: readonly Answer[]): void;
  onWatch(...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

/** A kubeconfig for a server on loopback; client-node speaks plain HTTP only where TLS is not verified. */
export const kubeConfigFor = (server: string): KubeConfig => {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [{ name: "fake", server, skipTLSVerify: true }],
    users: [{ name: "guard", token: "secret" }],
    contexts: [{ name: "fake", cluster: "fake", user: "guard" }],
    currentContext: "fake",
  });
  return kubeConfig;
};

const script = (): { asked: Asked[]; answers: readonly Answer[] } => ({ asked: [], answers: [] });

/** Starts a fake on a free port of loopback. */
export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const lists = script();
  const watches = script();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fake.invalid");
    const { asked, answers } = url.searchParams.has("watch") ? watches : lists;
    const entry: Asked = { path: url.pathname, query: url.searchParams, headers: request.headers };
    asked.push(entry);
    answers[Math.min(asked.length, answers.length) - 1]?.(response, entry); // none: never answered
  });
  let accepted = 0;
  server.on("connection", () => {
    accepted += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    kubeConfig: kubeConfigFor(`http://127.0.0.1:${String(port)}`),
    lists: lists.asked,
    watches: watches.asked,
    get accepted() {
      return accepted;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      }),
    onList: (...answers) => {
      lists.answers = answers;
    },
    onWatch: (...answers) => {
      watches.answers = answers;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
