import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { Change } from "./change.ts";

/** An object of a state, and the form that it replaces in the state before. */
export interface Part {
  readonly object: ClusterObject;
  readonly old: ClusterObject | undefined;
}

const NOBODY = { name: "", groups: [] };

/** The request that brings a part. */
export const changeTo = ({ object, old }: Part): Change => ({
  operation: old === undefined ? "CREATE" : "UPDATE",
  ref: object.ref,
  type: object.type,
  object,
  old,
  dryRun: false,
  requester: NOBODY,
});

/** Has `judge` see the state as it would be without these parts of it, or with their old forms. */
export const without = <T>(state: ClusterIndex, parts: readonly Part[], judge: () => T): T => {
  for (const { object, old } of parts)
    if (old === undefined) state.remove(object.ref, object.type);
    else state.upsert(old);
  try {
    return judge();
  } finally {
    for (const { object } of parts) state.upsert(object);
  }
};

const alone = (object: ClusterObject): Part => ({ object, old: undefined });

/** Every policy and namespace of a state, and one endpoint for all that are alike. */
export const partsOf = (state: ClusterIndex): readonly Part[] => {
  const refs = (type: ClusterObject["type"], of: Iterable<{ readonly ref: ObjectRef }>): readonly Part[] =>
    [...of].flatMap(({ ref }) => {
      const object = state.object(ref, type);
      return object === undefined ? [] : [alone(object)];
    });
  const namespaces = [...state.namespaceNames()].map((name) => ({ ref: { kind: "Namespace", namespace: "", name } }));
  return [
    ...refs("policy", state.policies()),
    ...refs("endpoint", state.oneOfEach()),
    ...refs("namespace", namespaces),
  ];
};
