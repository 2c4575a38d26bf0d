import { parseAddress } from "../model/address-text.ts";
import type { Address } from "../model/addresses.ts";
import { DecodeError } from "../model/errors.ts";
import { PROTOCOLS } from "../model/ports.ts";
import type { Endpoint } from "../model/objects.ts";
import type { ClusterIndex } from "./cluster-index.ts";
import { explainPacket, type Explanation, type Port } from "./explain.ts";
import { endPairs, type End } from "./reach.ts";

/** "May a new connection be made?" Ends are `namespace/pod` or an address; the IPs pick a family of a dual-stack pod. */
export interface Probe {
  readonly from: string;
  readonly to: string;
  readonly fromIP?: string | undefined;
  readonly toIP?: string | undefined;
  readonly protocol: string;
  readonly port: number;
}

/** The answer to a probe, with its reasons. */
export interface ProbeAnswer extends Omit<Probe, "fromIP" | "toIP"> {
  readonly allowed: boolean | "undecided";
  readonly egress: Explanation;
  readonly ingress: Explanation;
}

/** Who an end is: a pod of the cluster, an address outside, or a pod that has finished and so is no end. */
type Resolved =
  | { readonly kind: "pod"; readonly namespace: string; readonly name: string; readonly address: Address | undefined }
  | { readonly kind: "address"; readonly address: Address }
  | { readonly kind: "finished" };

const addressOf = (text: string, path: string): Address => {
  const address = parseAddress(text);
  if (address === undefined)
    throw new DecodeError(path, `expected an IP address or namespace/pod, found ${JSON.stringify(text)}`);
  return address;
};

const sameAddress = (a: Address, b: Address): boolean => a.family === b.family && a.value === b.value;

const resolve = (index: ClusterIndex, text: string, ip: string | undefined, path: string): Resolved => {
  const slash = text.indexOf("/");
  if (slash < 0) {
    const address = addressOf(text, path);
    for (const { ref, addresses } of index.endpoints())
      if (addresses.some((own) => sameAddress(own, address)))
        return { kind: "pod", namespace: ref.namespace, name: ref.name, address };
    return { kind: "address", address };
  }
  const ref = { kind: "Pod", namespace: text.slice(0, slash), name: text.slice(slash + 1) };
  if (index.endpoint(ref) === undefined) {
    if (index.hasFinished(ref)) return { kind: "finished" };
    throw new DecodeError(path, `expected a pod of the state, found no pod ${JSON.stringify(text)}`);
  }
  return {
    kind: "pod",
    namespace: ref.namespace,
    name: ref.name,
    address: ip === undefined ? undefined : addressOf(ip, `${path}IP`),
  };
};

const ends = (index: ClusterIndex, from: Resolved, to: Resolved): readonly (readonly [End, End])[] => {
  const end = (resolved: Resolved): End | undefined => {
    if (resolved.kind === "address") return resolved;
    const endpoint = resolved.kind === "pod" ? index.classOf({ ...resolved, kind: "Pod" }) : undefined;
    return endpoint && { kind: "class", endpoint, address: resolved.kind === "pod" ? resolved.address : undefined };
  };
  const [source, destination] = [end(from), end(to)];
  if (source === undefined || destination === undefined) return [];
  const family = source.address?.family ?? destination.address?.family;
  if (family === undefined && source.kind === "class" && destination.kind === "class")
    return endPairs(source.endpoint, destination.endpoint);
  const ofFamily = (side: End): End =>
    side.kind === "class" && side.address === undefined
      ? { ...side, address: side.endpoint.addresses.find((address) => address.family === family) }
      : side;
  return [[ofFamily(source), ofFamily(destination)]];
};

const ALWAYS: Explanation = { allowed: true, witness: { kind: "local" } };
const NO_END: Explanation = { allowed: false, witness: { kind: "finished" } };

/** The addresses of the node that an endpoint runs on, as the pods there report them. */
const nodeAddressesOf = (index: ClusterIndex, endpoint: Endpoint): readonly Address[] =>
  endpoint.node === ""
    ? endpoint.nodeAddresses
    : [...index.endpoints()]
        .filter(({ node }) => node === endpoint.node)
        .flatMap(({ nodeAddresses, hostNetwork, addresses }) => [...nodeAddresses, ...(hostNetwork ? addresses : [])]);

/** A pod always reaches itself, and a node its own pods. */
const isLocal = (index: ClusterIndex, from: Resolved, to: Resolved): boolean => {
  if (from.kind === "finished" || to.kind !== "pod") return false;
  const destination = index.endpoint({ ...to, kind: "Pod" });
  if (destination === undefined) return false;
  const isOfNode = (address: Address): boolean =>
    nodeAddressesOf(index, destination).some((own) => sameAddress(own, address));
  if (from.kind === "address") return isOfNode(from.address);
  if (from.namespace === to.namespace && from.name === to.name) return true;
  const source = index.endpoint({ ...from, kind: "Pod" });
  if (source?.hostNetwork !== true) return false;
  return (source.node !== "" && source.node === destination.node) || source.addresses.some(isOfNode);
};

const portOf = (probe: Probe): Port => {
  const protocol = PROTOCOLS.get(probe.protocol);
  if (protocol === undefined)
    throw new DecodeError(
      "protocol",
      `expected one of ${[...PROTOCOLS.keys()].join(", ")}, found ${JSON.stringify(probe.protocol)}`,
    );
  if (!Number.isInteger(probe.port) || probe.port < 0 || probe.port > 65535)
    throw new DecodeError("port", `expected a port from 0 to 65535, found ${JSON.stringify(probe.port)}`);
  return { protocol, port: probe.port };
};

/** Answers one probe; throws DecodeError when an end, the protocol or the port is none. */
export const answerProbe = (index: ClusterIndex, probe: Probe): ProbeAnswer => {
  const at = portOf(probe);
  const { from, to, protocol, port } = probe;
  const source = resolve(index, from, probe.fromIP, "from");
  const destination = resolve(index, to, probe.toIP, "to");
  if (isLocal(index, source, destination))
    return { from, to, protocol, port, allowed: true, egress: ALWAYS, ingress: ALWAYS };
  const answers = ends(index, source, destination).map(([a, b]) => explainPacket(index, a, b, at));
  const best =
    answers.find(({ allowed }) => allowed === true) ??
    answers.find(({ allowed }) => allowed === "undecided") ??
    answers[0];
  return { from, to, protocol, port, ...(best ?? { allowed: false, egress: NO_END, ingress: NO_END }) };
};
