import type { Endpoint } from "../model/objects.ts";
import type { Labels } from "../model/selectors.ts";

/** Labels that controllers generate: two pods of one workload differ in them. */
const GENERATED: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "pod-template-generation",
  "controller-uid",
  "job-name",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
]);
const GENERATED_PREFIX = "batch.kubernetes.io/";

/** Whether controllers generate labels of this key. */
export const isGenerated = (key: string): boolean => GENERATED.has(key) || key.startsWith(GENERATED_PREFIX);

/** What any selector, port name or rule in use looks at. */
export interface Mentions {
  hasKey(key: string): boolean;
  hasPortName(name: string): boolean;
}

type Identifying = Pick<Endpoint, "ref" | "serviceAccount" | "hostNetwork" | "mirror" | "namedPorts" | "labels">;

const portsText = (endpoint: Identifying, kept: (name: string) => boolean): string =>
  endpoint.namedPorts
    .filter(({ name }) => kept(name))
    .map(({ name, protocol, port }) => `${name}/${String(protocol)}/${String(port)}`)
    .sort()
    .join(",");

const labelsText = (labels: Labels, kept: (key: string) => boolean): string => {
  const texts: string[] = [];
  for (const [key, value] of labels) if (kept(key)) texts.push(`${key}=${value}`);
  return texts.sort().join(",");
};

/** Unit separator: no name, label or port may hold it. */
const SEPARATOR = "\u0000";

const keyOf = (
  endpoint: Identifying,
  keepLabel: (key: string) => boolean,
  keepPort: (name: string) => boolean,
): string =>
  [
    endpoint.ref.namespace,
    endpoint.serviceAccount,
    endpoint.hostNetwork ? "host" : "",
    endpoint.mirror ? "mirror" : "",
    portsText(endpoint, keepPort),
    labelsText(endpoint.labels, keepLabel),
  ].join(SEPARATOR);

/** Who a pod is, whatever it is called: pods of one identity share the violations that are known of them. */
export const identityOf = (endpoint: Identifying, mentions: Mentions): string =>
  keyOf(
    endpoint,
    (key) => !isGenerated(key) || mentions.hasKey(key),
    (name) => mentions.hasPortName(name),
  );

/** Everything that could ever tell two endpoints apart, their addresses aside. */
export const shapeKey = (endpoint: Identifying): string =>
  keyOf(
    endpoint,
    () => true,
    () => true,
  );

/** What tells two endpoints apart for the selectors in use, their addresses aside. */
export const classKey = (endpoint: Identifying, mentions: Mentions): string =>
  keyOf(
    endpoint,
    (key) => mentions.hasKey(key),
    (name) => mentions.hasPortName(name),
  );
