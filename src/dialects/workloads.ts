import type { ClusterObject } from "../model/cluster-object.ts";
import type { DecodableKind, Dialect } from "./dialect.ts";
import { decodeEndpoint } from "./endpoints.ts";
import { asMapping, field, listField, mappingField, refOf, type Mapping } from "./manifest.ts";

/** The path from a workload to the template of its pods. */
const POD_TEMPLATE = ["spec", "template"];
const JOB_TEMPLATE = ["spec", "jobTemplate", "spec", "template"];

const isDone = (manifest: Mapping): boolean =>
  (listField(mappingField(manifest, "status", ""), "conditions", "status") ?? []).some((value, index) => {
    const condition = asMapping(value, `status.conditions[${String(index)}]`);
    return ["Complete", "Failed"].includes(String(field(condition, "type"))) && field(condition, "status") === "True";
  });

const decodeTemplate =
  (path: readonly string[]) =>
  (manifest: Mapping): ClusterObject => {
    const ref = refOf(manifest, true);
    let template = manifest;
    for (const key of path) template = mappingField(template, key, "");
    const endpoint = decodeEndpoint(ref, manifest, template);
    return { type: "endpoint", ref, endpoint: isDone(manifest) ? { ...endpoint, phase: "finished" } : endpoint };
  };

const workload = (group: string, kind: string, resource: string, path = POD_TEMPLATE): DecodableKind => ({
  group,
  version: "v1",
  kind,
  resource,
  type: "endpoint",
  decode: decodeTemplate(path),
});

/** Workloads: endpoints by their pod template, before there is a pod, so that whoever applies one is told. */
export const workloads: Dialect = {
  name: "workloads",
  kinds: [
    workload("apps", "Deployment", "deployments"),
    workload("apps", "StatefulSet", "statefulsets"),
    workload("apps", "DaemonSet", "daemonsets"),
    { ...workload("apps", "ReplicaSet", "replicasets"), madeBy: "Deployment" },
    workload("", "ReplicationController", "replicationcontrollers"),
    { ...workload("batch", "Job", "jobs"), madeBy: "CronJob" },
    workload("batch", "CronJob", "cronjobs", JOB_TEMPLATE),
  ],
};
