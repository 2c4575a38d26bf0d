import type { ClusterObject } from "../model/cluster-object.ts";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Whether two values of the model are the same all through. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (!isRecord(a) || !isRecord(b)) return Object.is(a, b);
  if (a instanceof Map || a instanceof Set)
    return (
      a.constructor === b.constructor && isSame([...(a as Iterable<unknown>)], [...(b as unknown as Iterable<unknown>)])
    );
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
};

/** What judging looks at: a phase, a node or the beginning of a deletion opens nothing. */
const essence = (object: ClusterObject): unknown => {
  switch (object.type) {
    case "policy":
      return { ...object.policy, terminating: false };
    case "namespace":
      return [...object.namespace.labels].sort();
    case "endpoint": {
      const { labels, serviceAccount, hostNetwork, namedPorts, addresses } = object.endpoint;
      return [[...labels].sort(), serviceAccount, hostNetwork, namedPorts, addresses];
    }
  }
};

/** Whether an update leaves alone whatever is judged: finalizers, annotations, a status. */
export const isUnchanged = (old: ClusterObject | undefined, now: ClusterObject | undefined): boolean =>
  old !== undefined && old.type === now?.type && isSame(essence(old), essence(now));
