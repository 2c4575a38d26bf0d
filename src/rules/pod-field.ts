import type { ObjectRef } from "../model/objects.ts";
import type { FieldRef } from "./rule.ts";

const TEMPLATE = "spec.template.";
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["Pod", ""],
  ["Namespace", ""],
  ["CronJob", `spec.jobTemplate.${TEMPLATE}`],
]);

/** Where a field of a pod stands in what is applied: in the pod itself, or in the template of its workload. */
export const podField = (ref: ObjectRef, path: string): FieldRef => ({
  ref,
  path: `${PREFIXES.get(ref.kind) ?? TEMPLATE}${path}`,
});
