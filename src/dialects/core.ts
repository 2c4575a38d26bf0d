import { parseAddress } from "../model/address-text.ts";
import type { Address } from "../model/addresses.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { DecodeError } from "../model/errors.ts";
import { NAMESPACE_NAME_LABEL, type NamedPort, type Phase } from "../model/objects.ts";
import { PROTOCOLS } from "../model/ports.ts";
import type { Dialect } from "./dialect.ts";
import {
  asMapping,
  field,
  flagField,
  isTerminating,
  labelsField,
  listField,
  mappingField,
  refOf,
  stringField,
  type Mapping,
} from "./manifest.ts";

/** Marks a static pod's image in the API; it counts only together with a nodeName (scenario: only kubelets set both). */
const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

const decodePorts = (container: Mapping, path: string): readonly NamedPort[] =>
  (listField(container, "ports", path) ?? []).flatMap((value, index) => {
    const at = `${path}.ports[${String(index)}]`;
    const port = asMapping(value, at);
    const name = stringField(port, "name", at);
    if (name === undefined) return [];
    const protocol = PROTOCOLS.get(stringField(port, "protocol", at) ?? "TCP");
    const number = field(port, "containerPort");
    if (protocol === undefined || typeof number !== "number")
      throw new DecodeError(at, "expected a containerPort number and protocol TCP, UDP or SCTP");
    return [{ name, protocol, port: number }];
  });

/** Containers whose ports are open while the pod runs: all, and init containers that stay (native sidecars). */
const decodeNamedPorts = (spec: Mapping): readonly NamedPort[] => {
  const ports: NamedPort[] = [];
  for (const list of ["containers", "initContainers"])
    for (const [index, value] of (listField(spec, list, "spec") ?? []).entries()) {
      const path = `spec.${list}[${String(index)}]`;
      const container = asMapping(value, path);
      if (list === "containers" || field(container, "restartPolicy") === "Always")
        ports.push(...decodePorts(container, path));
    }
  return ports;
};

const decodeAddresses = (status: Mapping): readonly Address[] => {
  const listed = (listField(status, "podIPs", "status") ?? []).map((ip, i) =>
    field(asMapping(ip, `status.podIPs[${String(i)}]`), "ip"),
  );
  const texts = new Set([field(status, "podIP"), ...listed]);
  return [...texts].flatMap((text) => (typeof text === "string" ? (parseAddress(text) ?? []) : []));
};

const phaseOf = (status: Mapping): Phase => {
  const phase = field(status, "phase");
  return phase === "Running" ? "running" : phase === "Succeeded" || phase === "Failed" ? "finished" : "pending";
};

/** The workload by the reference of its controller: anyone can write one, so it only ever names. */
const decodeWorkload = (metadata: Mapping, podName: string): string => {
  for (const [index, value] of (listField(metadata, "ownerReferences", "metadata") ?? []).entries()) {
    const path = `metadata.ownerReferences[${String(index)}]`;
    const owner = asMapping(value, path);
    if (field(owner, "controller") !== true) continue;
    const kind = stringField(owner, "kind", path) ?? "";
    const name = stringField(owner, "name", path) ?? "";
    const hash = labelsField(metadata, "labels", "metadata").get("pod-template-hash");
    return kind === "ReplicaSet" && hash !== undefined && name.endsWith(`-${hash}`)
      ? `Deployment/${name.slice(0, -hash.length - 1)}`
      : `${kind}/${name}`;
  }
  return `Pod/${podName}`;
};

const decodePod = (manifest: Mapping): ClusterObject => {
  const ref = refOf(manifest, true);
  const metadata = mappingField(manifest, "metadata", "");
  const spec = mappingField(manifest, "spec", "");
  const status = mappingField(manifest, "status", "");
  const annotations = labelsField(metadata, "annotations", "metadata");
  return {
    type: "endpoint",
    ref,
    endpoint: {
      ref,
      labels: labelsField(metadata, "labels", "metadata"),
      serviceAccount:
        stringField(spec, "serviceAccountName", "spec") ?? stringField(spec, "serviceAccount", "spec") ?? "default",
      hostNetwork: flagField(spec, "hostNetwork", "spec"),
      phase: phaseOf(status),
      terminating: isTerminating(manifest),
      mirror: annotations.has(MIRROR_ANNOTATION) && stringField(spec, "nodeName", "spec") !== undefined,
      addresses: decodeAddresses(status),
      namedPorts: decodeNamedPorts(spec),
      node: stringField(spec, "nodeName", "spec") ?? "",
      workload: decodeWorkload(metadata, ref.name),
    },
  };
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
