import { asMapping, type Mapping } from "../../dialects/manifest.ts";
import { GuardError } from "../../model/errors.ts";
import type { ApiConnection } from "../watch/api-connection.ts";
import { ConnectionError } from "../watch/errors.ts";
import { readText } from "../watch/response-body.ts";
import type { Watchdog } from "../watch/watchdog.ts";

/** Asks the API server for a path. Throws ApiError, ConnectionError, GuardError. */
export type Ask = (target: string, accept?: string) => Promise<Mapping>;

/** The answers are small: a list of groups, of resources, and at most one object without its inside. */
const ANSWER_MS = 5000;

/** An API server that takes no notice of `limit` may send thousands of names. */
const ANSWER_BYTES = 16 * 1024 * 1024;

/** Asks over a connection, and gives up on an answer that does not come. */
export const askOver =
  (connection: ApiConnection, watchdog: Watchdog): Ask =>
  async (target, accept) => {
    const body = await connection.get(target, ANSWER_MS, accept);
    const goesOn = (): void => {
      watchdog.limit(ANSWER_MS, () => new ConnectionError(`the answer broke off for ${ANSWER_MS / 1000} s`));
    };
    const text = await readText(body, ANSWER_BYTES, goesOn);
    try {
      return asMapping(JSON.parse(text), "");
    } catch (cause) {
      throw new GuardError("the answer is not an object in JSON", { cause });
    }
  };
