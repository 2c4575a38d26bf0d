import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import type { GuardProcess } from "./guard-process.ts";
import { DEVELOPMENT_CA } from "./shipped.ts";

/** What a guard answers at /readyz: its status and its text. */
export const readyz = async ({ url }: Pick<GuardProcess, "url">): Promise<string> => {
  const ca = await readFile(DEVELOPMENT_CA);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(`${url}/readyz`, { ca, agent: false }, (response) => {
    text(response).then((body) => {
      resolve(`${String(response.statusCode)} ${body}`);
    }, reject);
  }).on("error", reject);
  return promise;
};
