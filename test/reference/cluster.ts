import { type Bits, parseAddress } from "./addresses.ts";
import type { Manifest, NetworkPolicy, Pod } from "./manifests.ts";
import type { Labels } from "./selectors.ts";

/** One end of a packet: a pod or an address nobody has, and the addresses the packet may carry for it. */
export interface End {
  readonly pod?: Pod;
  readonly addresses: readonly Bits[];
}

/** The namespace of a pod or a policy. */
export function namespaceOf(object: Pod | NetworkPolicy): string {
  return object.metadata.namespace ?? "default";
}

/** The labels of a namespace, whether or not there is an object for it. */
export function namespaceLabels(objects: readonly Manifest[], name: string): Labels {
  const found = objects.find((object) => object.kind === "Namespace" && object.metadata.name === name);
  return { ...found?.metadata.labels, "kubernetes.io/metadata.name": name };
}

/** Whether a pod has its node's addresses instead of its own. */
export function onHostNetwork(pod: Pod): boolean {
  return pod.spec?.hostNetwork === true;
}

/** Whether a pod has not finished. */
export function isEndpoint(pod: Pod): boolean {
  return pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed";
}

function parseAll(texts: readonly (string | undefined)[]): readonly Bits[] {
  const parsed = texts.map((text) => parseAddress(text ?? ""));
  return [...new Set(parsed.filter((bits) => bits !== undefined))];
}

function hostAddresses(pod: Pod): readonly Bits[] {
  const { hostIP, hostIPs = [] } = pod.status ?? {};
  return parseAll([hostIP, ...hostIPs.map(({ ip }) => ip)]);
}

/** The addresses a pod has so far. */
function podAddresses(pod: Pod): readonly Bits[] {
  const { podIP, podIPs = [] } = pod.status ?? {};
  const own = parseAll([podIP, ...podIPs.map(({ ip }) => ip)]);
  return own.length === 0 && onHostNetwork(pod) ? hostAddresses(pod) : own;
}

function allPods(objects: readonly Manifest[]): readonly Pod[] {
  return objects.filter((object) => object.kind === "Pod");
}

function mustParse(text: string): Bits {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

/** The end that "namespace/pod" or an address names; undefined when that is no endpoint. */
export function findEnd(objects: readonly Manifest[], name: string, ip: string | undefined): End | undefined {
  const pods = allPods(objects).filter(isEndpoint);
  if (name.includes("/")) {
    const pod = pods.find((p) => `${namespaceOf(p)}/${p.metadata.name}` === name);
    if (pod === undefined) return undefined;
    const addresses = ip === undefined ? podAddresses(pod) : [mustParse(ip)];
    return { pod, addresses };
  }
  const address = mustParse(name);
  const pod = pods.find((p) => !onHostNetwork(p) && podAddresses(p).includes(address));
  return pod === undefined ? { addresses: [address] } : { pod, addresses: [address] };
}

/** Whether an end is the node that a pod runs on, or a pod with that node's addresses. */
export function isOwnNode(objects: readonly Manifest[], end: End, pod: Pod): boolean {
  if (onHostNetwork(pod)) return false;
  if (end.pod !== undefined && !onHostNetwork(end.pod)) return false;
  const node = pod.spec?.nodeName ?? "";
  const neighbours = allPods(objects).filter((p) => node !== "" && p.spec?.nodeName === node);
  if (end.pod !== undefined && neighbours.includes(end.pod)) return true;
  return [pod, ...neighbours]
    .flatMap((p) => [...hostAddresses(p), ...(onHostNetwork(p) ? podAddresses(p) : [])])
    .some((address) => end.addresses.includes(address));
}
