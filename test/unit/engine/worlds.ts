import { decodeManifest } from "../../../src/dialects/index.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { EndpointClass } from "../../../src/engine/endpoint-class.ts";
import type { ClusterState } from "../../../src/engine/state.ts";
import type { ClusterObject } from "../../../src/model/cluster-object.ts";
import type { NetworkPolicy, PolicySpec } from "../../reference/manifests.ts";

/** A manifest as a tuple of what a test says of it. */
export const decode = (manifest: unknown): ClusterObject => {
  const object = decodeManifest(manifest);
  if (object === undefined) throw new Error("Expected a kind that is judged");
  return object;
};

/** A state of these manifests, taken over one by one. */
export const state = (...manifests: readonly unknown[]): ClusterIndex => {
  const index = new ClusterIndex();
  for (const manifest of manifests) index.upsert(decode(manifest));
  return index;
};

/** A NetworkPolicy `namespace/name`. */
export const networkPolicy = (path: string, spec: PolicySpec): NetworkPolicy => {
  const [namespace = "", name = ""] = path.split("/");
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace, name }, spec };
};

/** A Deployment `namespace/name` whose pods have these labels. */
export const deployment = (path: string, labels: Readonly<Record<string, string>>, spec: object = {}): unknown => {
  const [namespace, name] = path.split("/");
  const template = { metadata: { labels }, spec };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name }, spec: { template } };
};

/** The class of the endpoint `namespace/name`, a pod unless told otherwise. */
export const classOf = (index: ClusterState, path: string, kind = "Pod"): EndpointClass => {
  const [namespace = "", name = ""] = path.split("/");
  const cls = index.classOf({ kind, namespace, name });
  if (cls === undefined) throw new Error(`Expected a class of ${kind} ${path}`);
  return cls;
};

/** The names of the members of classes, sorted. */
export const namesOf = (classes: Iterable<EndpointClass>): readonly string[] =>
  [...classes].flatMap((cls) => [...cls.members()].map(({ ref }) => ref.name)).sort();
