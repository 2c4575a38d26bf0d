import { ClusterIndex } from "../engine/cluster-index.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { UnsupportedLanguage } from "../guard/unsupported.ts";
import type { LoadedObject } from "./manifest-files.ts";

/** An index of what was loaded; endpoints last, when all is known that tells them apart. */
export const indexOf = (objects: readonly LoadedObject[]): ClusterIndex => {
  const index = new ClusterIndex();
  for (const { object } of objects) if (object.type !== "endpoint") index.upsert(object);
  for (const { object } of objects) if (object.type === "endpoint") index.upsert(object);
  return index;
};

/** A state that was read from files: every review is judged against it, and nothing is kept from one to the next. */
export const fixedSource = (
  objects: readonly LoadedObject[],
  unsupported: readonly UnsupportedLanguage[] = [],
): StateSource => ({
  index: indexOf(objects),
  unsupported: () => unsupported,
  firstSync: () => Promise.resolve(),
  notReady: () => undefined,
  admitted: () => undefined,
  shown: () => undefined,
  confirm: () => Promise.resolve(false),
  caughtUp: () => Promise.resolve(),
  follow: () => undefined,
  judgeAll: (judge) => judge(),
  stop: () => Promise.resolve(),
});
