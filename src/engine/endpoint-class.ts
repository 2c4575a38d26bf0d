import type { Address } from "../model/addresses.ts";
import type { Endpoint, Namespace, NamedPort } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { matchesLabels, type Labels, type Truth } from "../model/selectors.ts";

/** Endpoints that no selector, block, port name or rule in use tells apart: one answer holds for all of them. */
export interface EndpointClass {
  readonly namespace: Namespace;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly mirror: boolean;
  /** Only the keys that something mentions. */
  readonly labels: Labels;
  /** Only the names that something mentions. */
  readonly namedPorts: readonly NamedPort[];
  /** Of one member: no block in use tells the members' addresses apart. */
  readonly addresses: readonly Address[];
  /** How many endpoints it stands for. */
  readonly size: number;
  /** How many of them are pods, and not templates of workloads. */
  readonly pods: number;
  /** The endpoints it stands for, in no particular order. */
  members(): Iterable<Endpoint>;
  /** Who they are, whatever they are called: the keys of their identities, each once. */
  identities(): Iterable<string>;
}

/** Whether `name` fits a glob in which `*` stands for any run of characters. Linear: no backtracking over earlier stars. */
export const matchesGlob = (glob: string, name: string): boolean => {
  const [head = "", ...rest] = glob.split("*");
  const tail = rest.pop();
  if (tail === undefined) return name === glob;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - tail.length >= at && name.endsWith(tail);
};

/** Whether the selector matches the namespace part of an endpoint. */
export const matchesNamespace = (selector: EndpointSelector, namespace: Namespace): Truth => {
  if (selector.namespace !== undefined && selector.namespace !== namespace.name) return false;
  if (selector.namespaceGlobs?.some((glob) => matchesGlob(glob, namespace.name)) === false) return false;
  return matchesLabels(selector.namespaces, namespace.labels);
};

/** Whether the selector matches the class; never for hostNetwork, which selectors do not see. */
export const matchesClass = (selector: EndpointSelector, endpoint: EndpointClass): Truth => {
  if (endpoint.hostNetwork) return false;
  return matchesAnyNetwork(selector, endpoint);
};

/** As `matchesClass`, but hostNetwork endpoints too: for the ends of org rules, which must name what they cannot police. */
export const matchesAnyNetwork = (selector: EndpointSelector, endpoint: EndpointClass): Truth => {
  const inNamespace = matchesNamespace(selector, endpoint.namespace);
  if (inNamespace === false) return false;
  if (selector.serviceAccounts?.has(endpoint.serviceAccount) === false) return false;
  const byLabels = matchesLabels(selector.pods, endpoint.labels);
  return byLabels === false ? false : inNamespace === undefined ? undefined : byLabels;
};

/** Whether two classes show the same: a pod on one side may be made from a template on the other. */
export const looksLike = (a: EndpointClass, b: EndpointClass): boolean =>
  a === b ||
  (a.namespace.name === b.namespace.name &&
    a.serviceAccount === b.serviceAccount &&
    a.labels.size === b.labels.size &&
    a.labels.entries().every(([key, value]) => b.labels.get(key) === value));

/** Pods before templates, then by name: an order that does not hang on who came first. */
const comesBefore = ({ ref }: Endpoint, other: Endpoint): boolean => {
  if ((ref.kind === "Pod") !== (other.ref.kind === "Pod")) return ref.kind === "Pod";
  return ref.name === other.ref.name ? ref.kind < other.ref.kind : ref.name < other.ref.name;
};

/** The member that a witness shows, whatever the order of arrival. */
export const representative = (endpoint: EndpointClass): Endpoint => {
  let first: Endpoint | undefined;
  for (const member of endpoint.members()) if (first === undefined || comesBefore(member, first)) first = member;
  if (first === undefined) throw new Error("a class without members has no representative");
  return first;
};
