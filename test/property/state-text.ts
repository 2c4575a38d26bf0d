import { candidates } from "../../src/engine/candidates.ts";
import type { EndpointClass } from "../../src/engine/endpoint-class.ts";
import { addressReach, portSegments, type Grant } from "../../src/engine/grants.ts";
import { classReach } from "../../src/engine/reach.ts";
import type { ClusterState } from "../../src/engine/state.ts";
import { cidrsText } from "../../src/model/address-text.ts";
import { unionOfAddresses } from "../../src/model/addresses.ts";
import { DIRECTIONS, type EndpointSelector } from "../../src/model/policies.ts";
import { intersectPorts, NO_PORTS, noPorts, portsText, unionPorts, type PortSet } from "../../src/model/ports.ts";
import { ALL, isIn } from "../../src/model/selectors.ts";
import { refText } from "../../src/model/objects.ts";
import { classNamed, memberNames } from "./world.ts";

/** Selectors that are asked for in every state: all kinds of parts, keys that policies mention and keys that none does. */
export const SELECTORS: readonly EndpointSelector[] = [
  { namespaces: ALL, pods: ALL },
  { namespace: "alpha", namespaces: ALL, pods: isIn("app", ["a"]) },
  { namespaces: isIn("team", ["a", "b"]), pods: { kind: "not", of: isIn("tier", [""]) } },
  { namespaces: ALL, pods: { kind: "exists", key: "constructor" } },
  { namespaces: ALL, pods: { kind: "or", of: [isIn("app", ["", "b"]), { kind: "exists", key: "toString" }] } },
  { namespaces: { kind: "not", of: isIn("team", ["a"]) }, pods: isIn("app", ["", "a", "b"]), namespaceGlobs: ["*a"] },
];

/** Boxes of ports and addresses in words that do not hang on how they were cut. */
export const grantsText = (grants: readonly Grant[]): string => {
  const byAddresses = new Map<string, PortSet>();
  const segments = portSegments(
    grants.map(({ ports }) => ports),
    () => undefined,
  );
  for (const segment of segments) {
    const inside = grants.filter(({ ports }) => !noPorts(intersectPorts(ports, segment)));
    const addresses = cidrsText(unionOfAddresses(inside.map((grant) => grant.addresses)), 1000);
    if (addresses !== "") byAddresses.set(addresses, unionPorts(byAddresses.get(addresses) ?? NO_PORTS, segment));
  }
  return [...byAddresses]
    .map(([addresses, ports]) => `${portsText(ports)}: ${addresses}`)
    .sort()
    .join("; ");
};

const reachText = (state: ClusterState, from: EndpointClass, to: EndpointClass): string => {
  const { ports, unsure } = classReach(state, from, to);
  return noPorts(unsure) ? portsText(ports) : `${portsText(ports)}, perhaps ${portsText(unsure)}`;
};

const names = (classes: Iterable<EndpointClass>): readonly string[] => [...classes].flatMap(memberNames).sort();

/** All that a state says of its pods, endpoint by endpoint, in words: equal texts, equal states. */
export const stateText = (state: ClusterState, pods: readonly string[]): readonly string[] => {
  const classes = new Map(pods.map((pod) => [pod, classNamed(state, pod)]));
  const lines = [...classes].flatMap(([pod, cls]) => [
    ...DIRECTIONS.map((direction) => {
      const policies = state.governing(cls, direction).flatMap((stage) => stage.policies);
      return `${pod} ${direction}: ${policies.map(({ ref }) => refText(ref)).join(", ")}`;
    }),
    ...DIRECTIONS.map((way) => `${pod} ${way}: ${grantsText(addressReach(state, cls, way, () => undefined))}`),
    ...[...classes].map(([other, to]) => `${pod} → ${other}: ${reachText(state, cls, to)}`),
  ]);
  const selected = SELECTORS.flatMap((selector, i) => [
    `selector ${String(i)}: ${names(state.select(selector)).join(", ")}`,
    `set ${String(i)}: ${names(state.set(selector).classes()).join(", ")}`,
  ]);
  return [...lines, ...selected];
};

/** Pairs of classes that can talk and that `candidates` does not find: there must be none. */
export const overlooked = (state: ClusterState, pods: readonly string[]): readonly string[] => {
  const everybody = state.set(SELECTORS[0] ?? { namespaces: ALL, pods: ALL });
  const classes = new Set(pods.map((pod) => classNamed(state, pod)).filter((cls) => !cls.hostNetwork));
  return [...classes].flatMap((cls) =>
    DIRECTIONS.flatMap((direction) => {
      const found = new Set(candidates(state, cls, direction, everybody));
      return [...classes]
        .filter((other) => !found.has(other))
        .map((other) => (direction === "egress" ? ([cls, other] as const) : ([other, cls] as const)))
        .filter(([from, to]) => reachText(state, from, to) !== portsText(NO_PORTS))
        .map(([from, to]) => `${memberNames(from).join()} → ${memberNames(to).join()} (${direction})`);
    }),
  );
};
