import type { ClusterObject } from "../model/cluster-object.ts";
import { core } from "./core.ts";
import type { DecodableKind, Dialect } from "./dialect.ts";
import { kubernetes } from "./kubernetes.ts";
import { asMapping, asString, field, listField, mappingField, type Mapping } from "./manifest.ts";
import { workloads } from "./workloads.ts";

/** Every language that is judged. */
export const DIALECTS: readonly Dialect[] = [core, workloads, kubernetes];

/** Every kind of object that is judged. */
export const KINDS: readonly DecodableKind[] = DIALECTS.flatMap((dialect) => dialect.kinds);

/** The kind of this API group (any version) and name; undefined if it is none of ours. */
export const findKind = (group: string, kind: string): DecodableKind | undefined =>
  KINDS.find((known) => known.group === group && known.kind === kind);

const controllerKind = (manifest: Mapping): unknown => {
  const owners = listField(mappingField(manifest, "metadata", ""), "ownerReferences", "metadata") ?? [];
  const controller = owners
    .map((owner) => asMapping(owner, "metadata.ownerReferences"))
    .find((owner) => field(owner, "controller") === true);
  return controller && field(controller, "kind");
};

/**
 * Compiles a manifest for the state; undefined if its kind is none of ours, or if another workload made it: that one's
 * template is there already, and an old revision's would come beside it. Throws DecodeError.
 */
export const decodeManifest = (manifest: unknown): ClusterObject | undefined => {
  const mapping = asMapping(manifest, "");
  const apiVersion = asString(field(mapping, "apiVersion"), "apiVersion");
  const kind = asString(field(mapping, "kind"), "kind");
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const known = findKind(group, kind);
  return known === undefined || (known.madeBy !== undefined && controllerKind(mapping) === known.madeBy)
    ? undefined
    : known.decode(mapping);
};
