import type { Mapping } from "../../../src/dialects/manifest.ts";
import type { Workload } from "./workload.ts";

/** Some namespaces with what is in them; manifests are made when they are asked for. */
export interface Tenant {
  readonly workloads: readonly Workload[];
  readonly namespaces: () => readonly Mapping[];
  readonly policies: () => readonly Mapping[];
}
