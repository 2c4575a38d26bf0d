import type { CelInput } from "@bufbuild/cel";
import type { Transition } from "../../engine/transition.ts";
import { operationOf, replacedObject } from "../../engine/replaced.ts";
import { cidrsText } from "../../model/address-text.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import { intervalPairs } from "../../model/intervals.ts";
import { intersectPorts, protocolText, PROTOCOLS, wholeProtocol, type PortSet } from "../../model/ports.ts";
import type { Labels } from "../../model/selectors.ts";
import type { OpenedEnd, OpenedPath } from "./opened.ts";

const mapOf = (fields: Readonly<Record<string, CelInput>>): CelInput => new Map(Object.entries(fields));

const NO_LABELS: Labels = new Map();

/** Labels as the model keeps them: those of a policy decide nothing, so it does not. */
const labelsOf = (object: ClusterObject | undefined): Labels => {
  switch (object?.type) {
    case "endpoint":
      return object.endpoint.labels;
    case "namespace":
      return object.namespace.labels;
    case "policy":
    case undefined:
      return NO_LABELS;
  }
};

/** `change`: what is asked for, with the labels after and before it. */
export const changeValue = (transition: Transition): CelInput => {
  const { change } = transition;
  const old = replacedObject(transition);
  const shown = change.object ?? old;
  return mapOf({
    operation: operationOf(transition),
    kind: change.ref.kind,
    namespace: change.ref.namespace,
    name: change.ref.name,
    labels: labelsOf(change.object),
    oldLabels: labelsOf(old),
    serviceAccount: shown?.type === "endpoint" ? shown.endpoint.serviceAccount : "",
    hostNetwork: shown?.type === "endpoint" && shown.endpoint.hostNetwork,
  });
};

/** `namespaceObject`: the namespace of the object, or the one that is changed, as it is after the change. */
export const namespaceValue = ({ after, change }: Transition): CelInput => {
  const { name, labels, terminating } = after.namespace(
    change.type === "namespace" ? change.ref.name : change.ref.namespace,
  );
  return mapOf({ name, labels, terminating });
};

const rangesOf = (ports: PortSet, protocol: number): readonly CelInput[] =>
  intervalPairs(intersectPorts(ports, wholeProtocol(protocol)).protocols.get(protocol) ?? []).map(([lo, hi]) =>
    mapOf({ protocol: protocolText(protocol), first: BigInt(Math.max(1, lo)), last: BigInt(hi - 1) }),
  );

/** Ranges by protocol: every protocol that has a name, those that the set names, and `other` for all the rest. */
const portsValue = (ports: PortSet): CelInput => [
  ...[...new Set([...PROTOCOLS.values(), ...ports.protocols.keys()])].flatMap((protocol) => rangesOf(ports, protocol)),
  ...(ports.rest ? [mapOf({ protocol: "other", first: 1n, last: 65535n })] : []),
];

/** So many CIDRs of an end are handed on; `0.0.0.0/0` without one address has 32. */
const MOST_CIDRS = 256;

const endValue = (end: OpenedEnd): CelInput =>
  end.kind === "addresses"
    ? mapOf({
        external: true,
        kind: "",
        namespace: "",
        name: "",
        serviceAccount: "",
        labels: NO_LABELS,
        cidrs: cidrsText(end.addresses, MOST_CIDRS).split(", "),
      })
    : mapOf({
        external: false,
        kind: end.first.ref.kind,
        namespace: end.first.ref.namespace,
        name: end.first.ref.name,
        serviceAccount: end.first.serviceAccount,
        labels: end.first.labels,
        cidrs: [],
      });

/** `opened`: the paths that the change opens. */
export const openedValue = (paths: readonly OpenedPath[]): CelInput =>
  paths.map(({ from, to, ports }) => mapOf({ from: endValue(from), to: endValue(to), ports: portsValue(ports) }));
