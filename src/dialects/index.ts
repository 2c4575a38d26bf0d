import type { ClusterObject } from "../model/cluster-object.ts";
import { core } from "./core.ts";
import type { DecodableKind, Dialect } from "./dialect.ts";
import { kubernetes } from "./kubernetes.ts";
import { asMapping, asString, field } from "./manifest.ts";
import { workloads } from "./workloads.ts";

/** Every language that is judged. Policies come first: pods that are read after them need not be grouped again. */
export const DIALECTS: readonly Dialect[] = [kubernetes, core, workloads];

/** Every kind of object that is judged. */
export const KINDS: readonly DecodableKind[] = DIALECTS.flatMap((dialect) => dialect.kinds);

/** The kind of this API group (any version) and name; undefined if it is none of ours. */
export const findKind = (group: string, kind: string): DecodableKind | undefined =>
  KINDS.find((known) => known.group === group && known.kind === kind);

/**
 * Compiles a manifest for the state; undefined if its kind is none of ours. A workload that another made is no endpoint
 * (finished): that one's template is there already, and an old revision's would come beside it. Throws DecodeError.
 */
export const decodeManifest = (manifest: unknown): ClusterObject | undefined => {
  const mapping = asMapping(manifest, "");
  const apiVersion = asString(field(mapping, "apiVersion"), "apiVersion");
  const kind = asString(field(mapping, "kind"), "kind");
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const known = findKind(group, kind);
  if (known === undefined) return undefined;
  const object = known.decode(mapping);
  const isMade =
    object.type === "endpoint" && known.madeBy !== undefined && object.endpoint.owner?.kind === known.madeBy;
  return isMade ? { ...object, endpoint: { ...object.endpoint, phase: "finished" } } : object;
};
