import { parseCidr } from "./addresses.ts";
import type { LabelSelector, Manifest, Peer, Pod, PolicyPort, PolicySpec } from "./manifests.ts";
import { selects } from "./selectors.ts";

function portName(name: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name) && name.length <= 15;
}

function portNumber(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

function policyPort({ protocol, port, endPort }: PolicyPort): boolean {
  if (!["TCP", "UDP", "SCTP"].includes(protocol ?? "TCP")) return false;
  if (port === undefined || port === null) return endPort === undefined;
  if (typeof port === "string") return portName(port) && endPort === undefined;
  const last = endPort ?? port;
  return portNumber(port) && portNumber(last) && last >= port;
}

function selector(value: LabelSelector | null | undefined): boolean {
  return value === undefined || (value !== null && selects(value, {}) !== "undecided");
}

function peer({ ipBlock, podSelector, namespaceSelector }: Peer): boolean {
  const selectors = [podSelector, namespaceSelector].filter((value) => value !== undefined);
  if (ipBlock === undefined || ipBlock === null) return selectors.length > 0 && selectors.every(selector);
  const outer = parseCidr(ipBlock.cidr);
  if (selectors.length > 0 || outer === undefined) return false;
  return (ipBlock.except ?? []).every((cidr) => {
    const inner = parseCidr(cidr);
    return (
      inner?.length === outer.length &&
      inner.network.startsWith(outer.network) &&
      inner.network.length > outer.network.length
    );
  });
}

function policy(spec: PolicySpec): boolean {
  const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])].filter((rule) => rule !== null);
  return (
    selector(spec.podSelector) &&
    (spec.policyTypes ?? []).length <= 2 &&
    rules.flatMap((rule) => [...(rule.from ?? []), ...(rule.to ?? [])]).every((item) => item !== null && peer(item)) &&
    rules.flatMap((rule) => rule.ports ?? []).every((item) => item !== null && policyPort(item))
  );
}

function distinct(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}

function pod({ spec, status }: Pod): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const ports = containers.flatMap((container) => container.ports ?? []);
  return (
    (spec?.containers ?? []).length > 0 &&
    distinct(containers.map(({ name }) => name)) &&
    ports.every(({ containerPort }) => portNumber(containerPort)) &&
    ports.every(({ name }) => name === undefined || portName(name)) &&
    distinct(ports.map((port) => `${port.protocol ?? "TCP"} ${String(port.containerPort)}`)) &&
    containers.every(({ ports: own = [] }) => distinct((own ?? []).flatMap(({ name }) => name ?? []))) &&
    status?.podIP === status?.podIPs?.[0]?.ip
  );
}

/** Whether an API server would take an object, as far as the generators could get it wrong. */
export function isValid(object: Manifest): boolean {
  const { name, labels } = object.metadata;
  const matchLabels = labels ?? {};
  if (!/^[a-z0-9-]+$/.test(name) || selects({ matchLabels }, {}) === "undecided") return false;
  if (object.kind === "Pod") return pod(object);
  return object.kind === "Namespace" || policy(object.spec ?? {});
}
