import type { ClusterIndex } from "../engine/cluster-index.ts";
import { representative } from "../engine/endpoint-class.ts";
import { isSameRef, refKey, type ObjectRef } from "../model/objects.ts";
import type { Ends } from "../rules/precedents.ts";
import type { Change } from "./change.ts";

/** A denial of more ends than these is no less a denial without the others. */
const MOST_ENDS = 8;
/** So many pods are looked at of a namespace that must keep its default-deny. */
const MOST_PODS = 4;

const byName = (a: ObjectRef, b: ObjectRef): number => (refKey(a) < refKey(b) ? -1 : 1);

/** Who stands for the classes at the ends, the first by name. */
const endsOf = (found: readonly Ends[]): readonly ObjectRef[] => {
  const classes = new Set(found.flatMap(({ from, to }) => [from, to]).filter((cls) => cls !== undefined));
  return [...classes]
    .map((cls) => representative(cls).ref)
    .sort(byName)
    .slice(0, MOST_ENDS);
};

/** The first pods of a namespace: those on whose account its default-deny has to stay. */
const podsOf = (state: ClusterIndex, namespace: string): readonly ObjectRef[] =>
  [...state.classesIn(namespace)]
    .filter(({ hostNetwork, mirror }) => !hostNetwork && !mirror)
    .map((cls) => representative(cls).ref)
    .sort(byName)
    .slice(0, MOST_PODS);

/**
 * The cached objects that a denial rests on, the changed one left out: who is at the ends of what it found, their
 * namespaces and the policies there. What is missing in the state cannot be named.
 */
export const reliedOn = (state: ClusterIndex, change: Change, found: readonly Ends[]): readonly ObjectRef[] => {
  const ends = endsOf(found);
  const own = change.type === "namespace" ? change.ref.name : change.ref.namespace;
  const namespaces = new Set([own, ...ends.map(({ namespace }) => namespace)]);
  const endpoints = ends.length > 0 ? ends : podsOf(state, own);
  const policies = [...namespaces].flatMap((name) => state.policiesIn(name).map(({ ref }) => ref));
  const named = [...namespaces].map((name) => ({ kind: "Namespace", namespace: "", name }));
  const all = new Map([...endpoints, ...policies, ...named].map((ref) => [refKey(ref), ref]));
  return [...all.values()].filter((ref) => !isSameRef(ref, change.ref)).sort(byName);
};
