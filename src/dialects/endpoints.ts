import { addressText, parseAddress } from "../model/address-text.ts";
import type { Address } from "../model/addresses.ts";
import { DecodeError } from "../model/errors.ts";
import type { Endpoint, NamedPort, ObjectRef, Owner, Phase } from "../model/objects.ts";
import { PROTOCOLS } from "../model/ports.ts";
import { Pool, shared } from "../model/pool.ts";
import type { Labels } from "../model/selectors.ts";
import {
  asMapping,
  field,
  flagField,
  isTerminating,
  labelsField,
  listField,
  mappingField,
  stringField,
  type Mapping,
} from "./manifest.ts";

/** Marks a static pod's image in the API; it counts only together with a nodeName (scenario: only kubelets set both). */
const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

const NOTHING: readonly unknown[] = [];

const readNamedPort = (value: unknown, at: string): NamedPort | undefined => {
  const port = asMapping(value, at);
  const name = stringField(port, "name", at);
  if (name === undefined) return undefined;
  const protocol = PROTOCOLS.get(stringField(port, "protocol", at) ?? "TCP");
  const number = field(port, "containerPort");
  if (protocol === undefined || typeof number !== "number")
    throw new DecodeError(at, "expected a containerPort number and protocol TCP, UDP or SCTP");
  return { name, protocol, port: number };
};

const NO_NAMED_PORTS: readonly NamedPort[] = [];

/** Every pod of a workload repeats these. */
const portLists = new Pool<readonly NamedPort[]>();

const CONTAINER_LISTS = ["containers", "initContainers"] as const;

/** Containers whose ports are open while the pod runs: all, and init containers that stay (native sidecars). */
const decodeNamedPorts = (spec: Mapping): readonly NamedPort[] => {
  const ports: NamedPort[] = [];
  for (const list of CONTAINER_LISTS)
    for (const [index, value] of (listField(spec, list, "spec") ?? NOTHING).entries()) {
      const path = `spec.${list}[${String(index)}]`;
      const container = asMapping(value, path);
      if (list !== "containers" && field(container, "restartPolicy") !== "Always") continue;
      for (const [at, item] of (listField(container, "ports", path) ?? NOTHING).entries()) {
        const port = readNamedPort(item, `${path}.ports[${String(at)}]`);
        if (port !== undefined) ports.push(port);
      }
    }
  if (ports.length === 0) return NO_NAMED_PORTS;
  const key = ports.map(({ name, protocol, port }) => `${name}/${String(protocol)}/${String(port)}`).join(",");
  return portLists.get(key, () => ports.slice());
};

const NO_ADDRESSES: readonly Address[] = [];

const decodeAddresses = (status: Mapping, one: string, list: string): readonly Address[] => {
  const first = field(status, one);
  const items = listField(status, list, "status") ?? NOTHING;
  if (first === undefined && items.length === 0) return NO_ADDRESSES;
  const listed = items.map((ip, i) => field(asMapping(ip, `status.${list}[${String(i)}]`), "ip"));
  const texts = new Set([first, ...listed]);
  return [...texts].flatMap((text) => (typeof text === "string" ? (parseAddress(text) ?? []) : [])).slice();
};

/** Every pod of a node repeats its addresses. */
const nodeAddressLists = new Pool<readonly Address[]>();

const decodeNodeAddresses = (status: Mapping): readonly Address[] => {
  const addresses = decodeAddresses(status, "hostIP", "hostIPs");
  if (addresses.length === 0) return NO_ADDRESSES;
  return nodeAddressLists.get(addresses.map(addressText).join(","), () => addresses);
};

const phaseOf = (status: Mapping): Phase => {
  const phase = field(status, "phase");
  return phase === "Running" ? "running" : phase === "Succeeded" || phase === "Failed" ? "finished" : "pending";
};

/** Every pod of a workload repeats these. */
const owners = new Pool<Owner>();

const decodeOwner = (metadata: Mapping): Owner | undefined => {
  for (const [index, value] of (listField(metadata, "ownerReferences", "metadata") ?? NOTHING).entries()) {
    const path = `metadata.ownerReferences[${String(index)}]`;
    const reference = asMapping(value, path);
    if (field(reference, "controller") !== true) continue;
    const text = (key: string): string => stringField(reference, key, path) ?? "";
    const apiVersion = text("apiVersion");
    const owner: Owner = {
      group: apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf("/"))),
      kind: text("kind"),
      name: text("name"),
      uid: text("uid"),
    };
    return owners.get([owner.group, owner.kind, owner.name, owner.uid].join("/"), () => owner);
  }
  return undefined;
};

/** The workload by the reference of its controller: the Deployment above a ReplicaSet. It only ever names. */
const workloadOf = (owner: Owner | undefined, labels: Labels, podName: string): string => {
  if (owner === undefined) return `Pod/${podName}`;
  const hash = labels.get("pod-template-hash");
  return owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? `Deployment/${owner.name.slice(0, -hash.length - 1)}`
    : `${owner.kind}/${owner.name}`;
};

/**
 * The endpoint that a pod is, or that the pods of a template will be. `manifest` is the object itself, `pod` what holds the
 * pod's metadata and spec: the same for a pod. Throws DecodeError.
 */
export const decodeEndpoint = (ref: ObjectRef, manifest: Mapping, pod: Mapping): Endpoint => {
  const metadata = mappingField(pod, "metadata", "");
  const spec = mappingField(pod, "spec", "");
  const status = manifest === pod ? mappingField(pod, "status", "") : {};
  const annotations = mappingField(metadata, "annotations", "metadata");
  const isPod = manifest === pod;
  const hostNetwork = flagField(spec, "hostNetwork", "spec");
  const own = decodeAddresses(status, "podIP", "podIPs");
  const nodeAddresses = decodeNodeAddresses(status);
  const labels = labelsField(metadata, "labels", "metadata");
  const owner = decodeOwner(isPod ? metadata : mappingField(manifest, "metadata", ""));
  return {
    ref,
    labels,
    serviceAccount: shared(
      stringField(spec, "serviceAccountName", "spec") ?? stringField(spec, "serviceAccount", "spec") ?? "default",
    ),
    hostNetwork,
    phase: phaseOf(status),
    terminating: isTerminating(manifest),
    mirror:
      isPod &&
      field(annotations, MIRROR_ANNOTATION) !== undefined &&
      stringField(spec, "nodeName", "spec") !== undefined,
    addresses: hostNetwork && own.length === 0 ? nodeAddresses : own,
    namedPorts: decodeNamedPorts(spec),
    node: isPod ? shared(stringField(spec, "nodeName", "spec") ?? "") : "",
    nodeAddresses,
    uid: isPod ? "" : (stringField(mappingField(manifest, "metadata", ""), "uid", "metadata") ?? ""),
    owner,
    workload: shared(isPod ? workloadOf(owner, labels, ref.name) : `${ref.kind}/${ref.name}`),
  };
};
