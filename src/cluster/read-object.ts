import type { DecodableKind } from "../dialects/dialect.ts";
import { GuardError } from "../model/errors.ts";
import { isSameRef, refText, type ObjectRef } from "../model/objects.ts";
import type { LiveReader } from "./live-reader.ts";
import { objectPath } from "./resource-path.ts";
import { listAll } from "./watch/paged-list.ts";
import { refOfItem, type MisreadObject, type Reading, type VersionedObject } from "./watched-objects.ts";

/** The API server lets a list wait three seconds for its cache, and asks etcd itself then. */
const ANSWER_MS = 5000;

/** Reads one object past all caches. Throws the reason of `signal`, and GuardError when it cannot be read. */
export const readObject = async (
  reader: LiveReader,
  kind: DecodableKind,
  ref: ObjectRef,
  project: (raw: unknown) => VersionedObject | MisreadObject | undefined,
  signal: AbortSignal,
): Promise<Reading> => {
  const resource = { path: objectPath(kind, ref), project };
  const { items, resourceVersion } = await reader.run(signal, (requests, watchdog) =>
    listAll(requests, watchdog, resource, { pageSize: 2, answerMs: ANSWER_MS }, () => undefined),
  );
  const other = items.find((item) => !isSameRef(refOfItem(item), ref));
  if (other !== undefined)
    throw new GuardError(`${resource.path}: expected ${refText(ref)} alone, found ${refText(refOfItem(other))}`);
  return { ref, type: kind.type, found: items[0], resourceVersion };
};
