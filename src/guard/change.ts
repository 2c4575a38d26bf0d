import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";

/** What a request does to one object. */
export interface Change {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly ref: ObjectRef;
  readonly type: ClusterObject["type"];
  /** The new form; undefined for a deletion. */
  readonly object: ClusterObject | undefined;
  /** The form that the request says it replaces; undefined for a creation. */
  readonly old: ClusterObject | undefined;
  /** Nothing will be stored: no trace may stay. */
  readonly dryRun: boolean;
  /** Who asks. */
  readonly requester: Requester;
}

/** The user of a request, as the API server names it. */
export interface Requester {
  readonly name: string;
  readonly groups: readonly string[];
}
