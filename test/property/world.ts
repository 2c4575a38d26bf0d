import { decodeManifest } from "../../src/dialects/index.ts";
import { ClusterIndex } from "../../src/engine/cluster-index.ts";
import type { Transition } from "../../src/engine/transition.ts";
import type { EndpointClass } from "../../src/engine/endpoint-class.ts";
import { withChange, type Replacement } from "../../src/engine/overlay.ts";
import type { ClusterState } from "../../src/engine/state.ts";
import type { ClusterObject } from "../../src/model/cluster-object.ts";
import { DecodeError } from "../../src/model/errors.ts";
import { unreadablePolicy } from "../../src/model/unreadable-policy.ts";
import type { Change } from "../reference/changes.ts";
import { namespaceOf } from "../reference/cluster.ts";
import type { Manifest } from "../reference/manifests.ts";

/** Compiles a manifest as the watch does: a stored policy that cannot be read is kept as one that may say anything. */
export const compile = (manifest: Manifest): ClusterObject => {
  try {
    const object = decodeManifest(manifest);
    if (object === undefined) throw new Error(`Expected a kind that is judged, got ${manifest.kind}`);
    return object;
  } catch (cause) {
    if (!(cause instanceof DecodeError) || manifest.kind !== "NetworkPolicy") throw cause;
    const ref = { kind: manifest.kind, namespace: namespaceOf(manifest), name: manifest.metadata.name };
    return { type: "policy", ref, policy: unreadablePolicy(ref, cause.message) };
  }
};

/** An index that took over the objects one by one. */
export const indexOf = (objects: readonly Manifest[]): ClusterIndex => {
  const index = new ClusterIndex();
  for (const object of objects) index.upsert(compile(object));
  return index;
};

/** The change as the engine takes it. */
export const replacementOf = ({ object, oldObject }: Change): Replacement => {
  const compiled = object === null ? undefined : compile(object);
  const { ref, type } = compiled ?? compile(oldObject ?? missing());
  return { ref, type, object: compiled };
};

const missing = (): never => {
  throw new Error("Expected an object or an old one, got neither");
};

/** Makes the change in place, as a watch event does. */
export const applyTo = (index: ClusterIndex, { ref, type, object }: Replacement): void => {
  if (object === undefined) index.remove(ref, type);
  else index.upsert(object);
};

/** Two states with what lies between, no time limit. */
export const transitionOf = (before: ClusterIndex, change: Replacement): Transition => ({
  before,
  after: withChange(before, change),
  change,
  tick: () => undefined,
});

/** The endpoint names of a state, `namespace/name` of pods that are ends of paths. */
export const podsOf = (objects: readonly Manifest[]): readonly string[] =>
  objects
    .map(compile)
    .flatMap((object) =>
      object.type === "endpoint" && object.endpoint.phase !== "finished"
        ? [`${object.ref.namespace}/${object.ref.name}`]
        : [],
    );

/** The class of a pod named `namespace/name`. */
export const classNamed = (state: ClusterState, pod: string): EndpointClass => {
  const [namespace = "", name = ""] = pod.split("/");
  const cls = state.classOf({ kind: "Pod", namespace, name });
  if (cls === undefined) throw new Error(`Expected a class of ${pod}, got none`);
  return cls;
};

/** The members of a class as `namespace/name`, sorted. */
export const memberNames = (cls: EndpointClass): readonly string[] =>
  [...cls.members()].map(({ ref }) => `${ref.namespace}/${ref.name}`).sort();
