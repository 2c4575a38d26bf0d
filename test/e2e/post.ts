import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { GuardProcess } from "./guard-process.ts";
import { DEVELOPMENT_CA } from "./shipped.ts";

/** An answer of a guard. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** Sends a body to a guard's /validate as the API server does, its certificate being checked; it has `timeoutS` to answer. */
export const post = async (
  guard: GuardProcess,
  body: string,
  client: { readonly cert?: string; readonly key?: string } = {},
  timeoutS = 10,
): Promise<Answer> => {
  const ca = await readFile(DEVELOPMENT_CA);
  const headers = { "content-type": "application/json" };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = `${guard.url}/validate?timeout=${String(timeoutS)}s`;
  const sent = request(url, { method: "POST", ca, headers, ...client }, (response) => {
    text(response)
      .then((answer) => ({ code: response.statusCode ?? 0, body: JSON.parse(answer) }))
      .then(resolve, reject);
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
};
