import type { ClusterIndex } from "../engine/cluster-index.ts";
import { representative, type EndpointClass } from "../engine/endpoint-class.ts";
import { isSameRef, refKey, type ObjectRef } from "../model/objects.ts";
import type { Ends } from "../rules/precedents.ts";
import type { Change } from "./change.ts";

/** A denial of more ends than these is no less a denial without the others. */
const MOST_ENDS = 4;
/** So many pods are looked at of a namespace that must keep its default-deny. */
const MOST_PODS = 4;

const endsOf = (found: readonly Ends[]): readonly EndpointClass[] =>
  found
    .slice(0, MOST_ENDS)
    .flatMap(({ from, to }) => [from, to])
    .filter((cls) => cls !== undefined);

/** The first pods of a namespace: those on whose account its default-deny has to stay. */
const podsOf = (state: ClusterIndex, namespace: string): readonly ObjectRef[] =>
  Iterator.from(state.classesIn(namespace))
    .filter(({ hostNetwork, mirror }) => !hostNetwork && !mirror)
    .take(MOST_PODS)
    .map((cls) => representative(cls).ref)
    .toArray();

/**
 * The cached objects that a denial rests on, the changed one left out: who is at the ends of what it found, their
 * namespaces and the policies there. What is missing in the state cannot be named.
 */
export const reliedOn = (state: ClusterIndex, change: Change, found: readonly Ends[]): readonly ObjectRef[] => {
  const ends = endsOf(found);
  const own = change.type === "namespace" ? change.ref.name : change.ref.namespace;
  const namespaces = new Set([own, ...ends.map(({ namespace }) => namespace.name)]);
  const endpoints = ends.length > 0 ? ends.map((cls) => representative(cls).ref) : podsOf(state, own);
  const policies = [...namespaces].flatMap((name) => state.policiesIn(name).map(({ ref }) => ref));
  const named = [...namespaces].map((name) => ({ kind: "Namespace", namespace: "", name }));
  const all = new Map([...endpoints, ...policies, ...named].map((ref) => [refKey(ref), ref]));
  return [...all.values()].filter((ref) => !isSameRef(ref, change.ref));
};
