import { namespaceOf } from "./cluster.ts";
import type { Manifest } from "./manifests.ts";

/** One admission request: `object` is null for DELETE, `oldObject` for CREATE. */
export interface Change {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly object: Manifest | null;
  readonly oldObject: Manifest | null;
}

function sameObject(a: Manifest, b: Manifest): boolean {
  const path = (object: Manifest) =>
    object.kind === "Namespace" ? object.metadata.name : `${namespaceOf(object)}/${object.metadata.name}`;
  return a.kind === b.kind && path(a) === path(b);
}

/** The cluster after a change. */
export function applyChange(objects: readonly Manifest[], { object, oldObject }: Change): readonly Manifest[] {
  const rest = objects.filter((other) => oldObject === null || !sameObject(other, oldObject));
  return object === null ? rest : [...rest, object];
}
