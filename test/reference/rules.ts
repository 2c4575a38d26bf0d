import { type Bits, cidrCovers } from "./addresses.ts";
import { namespaceLabels, namespaceOf, onHostNetwork } from "./cluster.ts";
import type { Manifest, Peer, Pod, PolicyPort, Rule } from "./manifests.ts";
import { selects } from "./selectors.ts";
import { every, some, type Ternary } from "./ternary.ts";

/** What a rule of one direction has to judge: the other end, the destination pod and the port. */
export interface Question {
  readonly objects: readonly Manifest[];
  readonly policyNamespace: string;
  readonly otherPod: Pod | undefined;
  readonly otherAddress: Bits | undefined;
  readonly destinationPod: Pod | undefined;
  readonly protocol: string;
  readonly port: number;
}

function blockMatches(block: NonNullable<Peer["ipBlock"]>, address: Bits): Ternary {
  const inside = cidrCovers(block.cidr, address) ?? "undecided";
  const holes = (block.except ?? []).map((cidr) => cidrCovers(cidr, address) ?? "undecided");
  const hole = some(holes);
  return every([inside, hole === "undecided" ? hole : !hole]);
}

function peerMatches(peer: Peer, question: Question): Ternary {
  const { ipBlock = null, podSelector = null, namespaceSelector = null } = peer;
  const hasSelector = podSelector !== null || namespaceSelector !== null;
  if ((ipBlock !== null) === hasSelector) return "undecided";
  if (ipBlock !== null) {
    if (question.otherAddress === undefined) return false;
    return blockMatches(ipBlock, question.otherAddress);
  }
  const pod = question.otherPod;
  if (pod === undefined || onHostNetwork(pod)) return false;
  const namespace = namespaceOf(pod);
  return every([
    podSelector === null ? true : selects(podSelector, pod.metadata.labels ?? {}),
    namespaceSelector === null
      ? namespace === question.policyNamespace
      : selects(namespaceSelector, namespaceLabels(question.objects, namespace)),
  ]);
}

/** The ports of a pod that can be named: those of its containers and restartable init containers. */
function namedPorts(pod: Pod | undefined) {
  if (pod === undefined || onHostNetwork(pod)) return [];
  const restartable = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  return [...(pod.spec?.containers ?? []), ...restartable]
    .flatMap((container) => container.ports ?? [])
    .map(({ protocol = "", ...rest }) => ({ ...rest, protocol: protocol === "" ? "TCP" : protocol }));
}

function portMatches(item: PolicyPort, question: Question): boolean {
  if ((item.protocol ?? "TCP") !== question.protocol) return false;
  const { port, endPort } = item;
  if (port === undefined || port === null) return true;
  if (typeof port === "number") return question.port >= port && question.port <= (endPort ?? port);
  return namedPorts(question.destinationPod).some(
    (declared) =>
      declared.name === port && declared.protocol === question.protocol && declared.containerPort === question.port,
  );
}

/** Whether one rule allows the packet; `peers` is its `from` or its `to`. */
export function ruleMatches(rule: Rule, peers: Rule["from"], question: Question): Ternary {
  const ports = rule.ports ?? [];
  const items = peers ?? [];
  const portAllowed = ports.length === 0 || ports.some((item) => portMatches(item ?? {}, question));
  const peerAllowed = items.length === 0 ? true : some(items.map((peer) => peerMatches(peer ?? {}, question)));
  return every([portAllowed, peerAllowed]);
}
