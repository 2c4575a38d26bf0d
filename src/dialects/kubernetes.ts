import { parseCidr } from "../model/address-text.ts";
import { subtractAddresses, type AddressSet } from "../model/addresses.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { DecodeError } from "../model/errors.ts";
import {
  DEFAULT_TIER,
  DIRECTIONS,
  type Direction,
  type Peer,
  type Policy,
  type PortName,
  type Rule,
} from "../model/policies.ts";
import { ALL_PORTS, portRange, PROTOCOLS, unionOfPorts, wholeProtocol, type PortSet } from "../model/ports.ts";
import { Pool, shared } from "../model/pool.ts";
import { ALL, unknownReason } from "../model/selectors.ts";
import type { Dialect } from "./dialect.ts";
import { decodeLabelSelector } from "./label-selectors.ts";
import {
  asMapping,
  asString,
  described,
  field,
  isTerminating,
  listField,
  mappingField,
  refOf,
  stringField,
  type Mapping,
} from "./manifest.ts";

/** Calico gives Kubernetes policies this order in its default tier, so policies of both can be compared. */
const KUBERNETES_ORDER = 1000;

/** The same few blocks stand in most policies. */
const cidrs = new Pool<AddressSet | undefined>();
/** What is written longer is read and not kept. */
const LONGEST_KEPT = 50;

const blockOf = (text: string): AddressSet | undefined =>
  text.length > LONGEST_KEPT ? parseCidr(text) : cidrs.get(text, () => parseCidr(text));

const decodeIpBlock = (value: unknown, path: string): Peer => {
  const block = asMapping(value, path);
  const text = asString(field(block, "cidr"), `${path}.cidr`);
  const cidr = blockOf(text);
  if (cidr === undefined)
    return { kind: "unknown", reason: `${path}.cidr: expected a CIDR, found ${described(text)}`, path };
  let addresses = cidr;
  for (const [index, item] of (listField(block, "except", path) ?? []).entries()) {
    const at = `${path}.except[${String(index)}]`;
    const except = blockOf(asString(item, at));
    if (except === undefined)
      return { kind: "unknown", reason: `${at}: expected a CIDR, found ${described(item)}`, path };
    addresses = subtractAddresses(addresses, except);
  }
  return { kind: "addresses", addresses, path: shared(path) };
};

const decodePeer = (value: unknown, path: string, namespace: string): Peer => {
  const peer = asMapping(value, path);
  const block = field(peer, "ipBlock");
  const namespaces = field(peer, "namespaceSelector");
  const pods = field(peer, "podSelector");
  if (block !== undefined) {
    if (namespaces !== undefined || pods !== undefined)
      throw new DecodeError(path, "expected ipBlock alone, found it beside a selector");
    return decodeIpBlock(block, `${path}.ipBlock`);
  }
  if (namespaces === undefined && pods === undefined)
    throw new DecodeError(path, "expected a podSelector, namespaceSelector or ipBlock, found none");
  const selector = {
    ...(namespaces === undefined ? { namespace } : {}),
    namespaces: decodeLabelSelector(namespaces, `${path}.namespaceSelector`),
    pods: decodeLabelSelector(pods, `${path}.podSelector`),
  };
  return { kind: "endpoints", endpoints: selector, path: shared(path) };
};

const NO_NAMES: readonly PortName[] = [];
const NO_PROBLEMS: readonly string[] = [];

/** Every policy repeats these: the same few ports, at the same few places. */
const portSets = new Pool<PortSet>();

const portNumber = (value: unknown, path: string): number => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 65535)
    throw new DecodeError(path, `expected a port from 1 to 65535, found ${described(value)}`);
  return value;
};

const decodePort = (value: unknown, path: string): PortSet | PortName => {
  const item = asMapping(value, path);
  const text = stringField(item, "protocol", path) ?? "TCP";
  const protocol = ["TCP", "UDP", "SCTP"].includes(text) ? PROTOCOLS.get(text) : undefined;
  if (protocol === undefined)
    throw new DecodeError(`${path}.protocol`, `expected TCP, UDP or SCTP, found ${described(text)}`);
  const port = field(item, "port");
  const end = field(item, "endPort");
  if (end !== undefined && typeof port !== "number")
    throw new DecodeError(`${path}.endPort`, "expected endPort only beside a numeric port");
  if (port === undefined) return portSets.get(text, () => wholeProtocol(protocol));
  if (typeof port === "string") {
    if (!/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(port) || port.length > 15)
      throw new DecodeError(`${path}.port`, `expected a port number or name, found ${described(port)}`);
    return { name: port, protocol };
  }
  const first = portNumber(port, `${path}.port`);
  const last = end === undefined ? first : portNumber(end, `${path}.endPort`);
  if (last < first)
    throw new DecodeError(`${path}.endPort`, `expected at least ${String(first)}, found ${String(last)}`);
  return portSets.get([text, first, last].join("/"), () => portRange(protocol, first, last));
};

const decodeRule = (value: unknown, path: string, peersKey: "from" | "to", namespace: string): Rule => {
  const rule = asMapping(value, path);
  const peers = listField(rule, peersKey, path) ?? [];
  const items = (listField(rule, "ports", path) ?? []).map((item, i) =>
    decodePort(item, `${path}.ports[${String(i)}]`),
  );
  return {
    action: "allow",
    peers:
      peers.length === 0
        ? undefined
        : peers.map((peer, i) => decodePeer(peer, `${path}.${peersKey}[${String(i)}]`, namespace)),
    ports: items.length === 0 ? ALL_PORTS : unionOfPorts(items.flatMap((item) => ("name" in item ? [] : [item]))),
    portNames: items.some((item) => "name" in item) ? items.filter((item) => "name" in item) : NO_NAMES,
    path: shared(path),
  };
};

const decodeTypes = (spec: Mapping, hasEgressRule: boolean): ReadonlySet<Direction> => {
  const types = listField(spec, "policyTypes", "spec") ?? [];
  if (types.length === 0) return new Set(hasEgressRule ? ["ingress", "egress"] : ["ingress"]);
  return new Set(
    types.map((type, index) => {
      if (type === "Ingress") return "ingress";
      if (type === "Egress") return "egress";
      throw new DecodeError(
        `spec.policyTypes[${String(index)}]`,
        `expected Ingress or Egress, found ${described(type)}`,
      );
    }),
  );
};

const NO_DIRECTIONS: readonly Direction[] = [];

const ignoredDirections = (
  types: ReadonlySet<Direction>,
  written: Readonly<Record<Direction, readonly Rule[]>>,
): readonly Direction[] => {
  const ignored = DIRECTIONS.filter((direction) => !types.has(direction) && written[direction].length > 0);
  return ignored.length === 0 ? NO_DIRECTIONS : ignored;
};

const problemsOf = (policy: Policy): readonly string[] => {
  const problems: string[] = [];
  const note = (reason: string | undefined): void => {
    if (reason !== undefined) problems.push(reason);
  };
  note(unknownReason(policy.subject.pods));
  for (const direction of DIRECTIONS)
    for (const { peers = [] } of policy[direction] ?? [])
      for (const peer of peers)
        if (peer.kind === "unknown") note(peer.reason);
        else if (peer.kind === "endpoints")
          note(unknownReason(peer.endpoints.namespaces) ?? unknownReason(peer.endpoints.pods));
  return problems;
};

const decodeNetworkPolicy = (manifest: Mapping): ClusterObject => {
  const ref = refOf(manifest, true);
  const spec = mappingField(manifest, "spec", "");
  const rules = (key: "ingress" | "egress", peersKey: "from" | "to"): readonly Rule[] =>
    (listField(spec, key, "spec") ?? []).map((rule, i) =>
      decodeRule(rule, `spec.${key}[${String(i)}]`, peersKey, ref.namespace),
    );
  const ingress = rules("ingress", "from");
  const egress = rules("egress", "to");
  const types = decodeTypes(spec, egress.length > 0);
  const policy: Policy = {
    ref,
    tier: DEFAULT_TIER,
    order: KUBERNETES_ORDER,
    subject: {
      namespace: ref.namespace,
      namespaces: ALL,
      pods: decodeLabelSelector(field(spec, "podSelector"), "spec.podSelector"),
    },
    ingress: types.has("ingress") ? ingress : undefined,
    egress: types.has("egress") ? egress : undefined,
    terminating: isTerminating(manifest),
    ignored: ignoredDirections(types, { ingress, egress }),
    problems: NO_PROBLEMS,
  };
  const problems = problemsOf(policy);
  return { type: "policy", ref, policy: problems.length === 0 ? policy : { ...policy, problems } };
};

/** Kubernetes NetworkPolicy v1: allow rules in one tier, whose end denies. */
export const kubernetes: Dialect = {
  name: "kubernetes",
  kinds: [
    {
      group: "networking.k8s.io",
      version: "v1",
      kind: "NetworkPolicy",
      resource: "networkpolicies",
      type: "policy",
      decode: decodeNetworkPolicy,
    },
  ],
};
