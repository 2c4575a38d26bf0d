import type { Endpoint, Namespace, ObjectRef } from "./objects.ts";
import type { Policy } from "./policies.ts";

/** One manifest, compiled to what judging needs of it. */
export type ClusterObject =
  | { readonly type: "namespace"; readonly ref: ObjectRef; readonly namespace: Namespace }
  | { readonly type: "endpoint"; readonly ref: ObjectRef; readonly endpoint: Endpoint }
  | { readonly type: "policy"; readonly ref: ObjectRef; readonly policy: Policy };
