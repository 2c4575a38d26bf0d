import type { ClusterObject } from "../model/cluster-object.ts";
import { NAMESPACE_NAME_LABEL } from "../model/objects.ts";
import type { Dialect } from "./dialect.ts";
import { decodeEndpoint } from "./endpoints.ts";
import { isTerminating, labelsField, mappingField, refOf, type Mapping } from "./manifest.ts";

const decodePod = (manifest: Mapping): ClusterObject => {
  const ref = refOf(manifest, true);
  return { type: "endpoint", ref, endpoint: decodeEndpoint(ref, manifest, manifest) };
};

const decodeNamespace = (manifest: Mapping): ClusterObject => {
  const ref = refOf(manifest, false);
  const labels = new Map(labelsField(mappingField(manifest, "metadata", ""), "labels", "metadata"));
  labels.set(NAMESPACE_NAME_LABEL, ref.name);
  return { type: "namespace", ref, namespace: { name: ref.name, labels, terminating: isTerminating(manifest) } };
};

/** Core v1: the namespaces and pods that policies of every language speak of. */
export const core: Dialect = {
  name: "core",
  kinds: [
    { group: "", kind: "Namespace", resource: "namespaces", type: "namespace", version: "v1", decode: decodeNamespace },
    { group: "", kind: "Pod", resource: "pods", type: "endpoint", version: "v1", decode: decodePod },
  ],
};
