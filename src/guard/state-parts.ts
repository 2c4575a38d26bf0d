import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { refKey, type Endpoint, type ObjectRef } from "../model/objects.ts";
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

/** The first by name of those that one owner has of the same kind, class and identity: what is said of one holds for all. */
const oneOfEach = (state: ClusterIndex): Iterable<Endpoint> => {
  const known = new Map<EndpointClass | undefined, Map<string, Endpoint>>();
  for (const endpoint of state.endpoints()) {
    const { ref, owner } = endpoint;
    const cls = state.classOf(ref);
    const alike = known.get(cls) ?? new Map<string, Endpoint>();
    known.set(cls, alike);
    const key = refKey({ ...ref, name: owner?.uid ?? `=${ref.name}` }) + state.identityKey(endpoint);
    const first = alike.get(key);
    if (first === undefined || ref.name < first.ref.name) alike.set(key, endpoint);
  }
  return known.values().flatMap((alike) => alike.values());
};

/** Every policy and namespace of a state, and one endpoint for all of an owner that are alike. */
export const partsOf = (state: ClusterIndex): readonly Part[] => {
  const parts = (type: ClusterObject["type"], of: Iterable<{ readonly ref: ObjectRef }>): readonly Part[] =>
    [...of].flatMap(({ ref }) => {
      const object = state.object(ref, type);
      return object === undefined ? [] : [{ object, old: undefined }];
    });
  const namespaces = [...state.namespaceNames()].map((name) => ({ ref: { kind: "Namespace", namespace: "", name } }));
  return [
    ...parts("policy", state.policies()),
    ...parts("endpoint", oneOfEach(state)),
    ...parts("namespace", namespaces),
  ];
};
