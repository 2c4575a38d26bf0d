import { asMapping, field, listField, type Mapping, mappingField, stringField } from "../../dialects/manifest.ts";
import { GuardError } from "../../model/errors.ts";
import type { ApiRequests } from "./api-connection.ts";
import { ConnectionError } from "./errors.ts";
import { readText, TooLargeError } from "./response-body.ts";
import type { Watchdog } from "./watchdog.ts";
import { projected, resourceVersionOf, targetOf, type WatchedResource } from "./watched-resource.ts";

/** How a list is read. */
export interface ListSettings {
  /** Objects asked for at once. */
  readonly pageSize: number;
  /** Milliseconds for a page to begin, and between two pieces of it. */
  readonly answerMs: number;
}

/** All objects of a resource, as far as they are kept, at one resource version. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** Pages of 500 pods have 5 MB; a tenant's large objects make smaller pages, not more memory. */
const PAGE_BYTES = 32 * 1024 * 1024;

/** How much smaller a page is asked for when one was too large: 500 objects come down to one in three steps. */
const SHRINK = 8;

const parsePage = (text: string): Mapping => {
  try {
    return asMapping(JSON.parse(text), "");
  } catch (error) {
    throw new GuardError("the answer is not a list in JSON", { cause: error });
  }
};

/** Items of built-in kinds come without kind and apiVersion: https://github.com/kubernetes/kubernetes/issues/3030 */
const typed = (list: Mapping, item: unknown, index: number): Mapping => ({
  apiVersion: field(list, "apiVersion"),
  kind: stringField(list, "kind", "")?.replace(/List$/, ""),
  ...asMapping(item, `items[${String(index)}]`),
});

/**
 * Lists the resource page by page; each page is cut down to what is kept before the next is asked for. It asks for the
 * newest state, not for any that a lagging cache has, as a list may never be older than what was known before. Calls
 * `onPage` when a page has come. Throws ApiError (410 when the list took so long that its state is gone),
 * ConnectionError, GuardError.
 */
export const listAll = async <T>(
  connection: ApiRequests,
  watchdog: Watchdog,
  resource: WatchedResource<T>,
  { pageSize, answerMs }: ListSettings,
  onPage: () => void,
): Promise<Listed<T>> => {
  const items: T[] = [];
  let resourceVersion: string | undefined;
  let limit = pageSize;
  let next: string | undefined;
  const goesOn = (): void => {
    watchdog.limit(answerMs, () => new ConnectionError(`the answer broke off for ${String(answerMs / 1000)} s`));
  };
  do {
    const parameters = { limit: String(limit), ...(next === undefined ? {} : { continue: next }) };
    const body = await connection.get(targetOf(resource.path, parameters), answerMs);
    let text: string;
    try {
      text = await readText(body, PAGE_BYTES, goesOn);
    } catch (error) {
      if (!(error instanceof TooLargeError) || limit === 1) throw error;
      limit = Math.ceil(limit / SHRINK);
      continue;
    }
    const page = parsePage(text);
    // The first page's: a watch from there sees all that changed while the others came.
    resourceVersion ??= resourceVersionOf(page);
    for (const [index, item] of (listField(page, "items", "") ?? []).entries()) {
      const kept = projected(resource, typed(page, item, index));
      if (kept !== undefined) items.push(kept);
    }
    next = stringField(mappingField(page, "metadata", ""), "continue", "metadata");
    onPage();
  } while (resourceVersion === undefined || (next !== undefined && next !== ""));
  return { items, resourceVersion };
};
