import type { ServerResponse } from "node:http";
import type { Answer } from "./fake-api-server.ts";

/** A pod, as small as can be. */
export const pod = (name: string, resourceVersion = "1", extra: object = {}): object => ({
  metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion },
  ...extra,
});

/** A page of a list; `next` is the continue token of the following one. */
export const page =
  (names: readonly string[], resourceVersion: string, next?: string): Answer =>
  (response) => {
    const metadata = { resourceVersion, ...(next === undefined ? {} : { continue: next }) };
    const items = names.map((name) => pod(name));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata, items }));
  };

/** A Status object with its HTTP status. */
export const refusal =
  (code: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(code, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ apiVersion: "v1", kind: "Status", status: "Failure", message, code }));
  };

/** A line of a watch about a pod. */
export const event = (type: string, name: string, resourceVersion: string, extra: object = {}): string =>
  `${JSON.stringify({ type, object: { apiVersion: "v1", kind: "Pod", ...pod(name, resourceVersion, extra) } })}\n`;

/** A line that says only how far the watch has come. */
export const bookmark = (resourceVersion: string): string =>
  `${JSON.stringify({ type: "BOOKMARK", object: { apiVersion: "v1", kind: "Pod", metadata: { resourceVersion } } })}\n`;

/** A line that ends a watch with a Status. */
export const errorEvent = (code: number, message: string): string =>
  `${JSON.stringify({ type: "ERROR", object: { apiVersion: "v1", kind: "Status", message, code } })}\n`;

/** A watch that sends `texts` and stays open; `then` may end it. */
export const stream =
  (texts: readonly (string | Buffer)[] = [], then: (response: ServerResponse) => void = () => undefined): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const next = (index: number): void => {
      const text = texts[index];
      if (text === undefined) then(response);
      else response.write(text, () => setImmediate(next, index + 1));
    };
    next(0);
  };

/** Ends in good order, as the API server does after timeoutSeconds. */
export const goodEnd = (response: ServerResponse): void => {
  response.end();
};

/** Cuts the connection with a TCP reset. */
export const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

/** Ends the sending half of the connection and leaves the other half open. */
export const halfClose = (response: ServerResponse): void => {
  response.socket?.end();
};
