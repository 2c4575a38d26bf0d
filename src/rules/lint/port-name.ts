import type { EndpointClass } from "../../engine/endpoint-class.ts";
import type { ClusterState } from "../../engine/state.ts";
import {
  DIRECTIONS,
  type Direction,
  type EndpointSelector,
  type Policy,
  type PortName,
  type Rule,
} from "../../model/policies.ts";
import { protocolText } from "../../model/ports.ts";
import { EVERYBODY } from "../path-ends.ts";
import { policyCheck, type Note } from "./check.ts";

/** Whose ports a rule's port names are looked up on: the selected pods for ingress, the peers for egress. */
const owners = (policy: Policy, direction: Direction, rule: Rule): readonly EndpointSelector[] => {
  if (direction === "ingress") return [policy.subject];
  if (rule.peers === undefined) return [EVERYBODY];
  return rule.peers.flatMap((peer) => (peer.kind === "endpoints" ? [peer.endpoints] : []));
};

const has = (cls: EndpointClass, { name, protocol }: PortName): boolean =>
  cls.namedPorts.some((port) => port.name === name && port.protocol === protocol);

/** Whether there are owners of ports and none has this one. */
const isUnknown = (
  state: ClusterState,
  selectors: readonly EndpointSelector[],
  wanted: PortName,
  tick: () => void,
): boolean => {
  let someone = false;
  for (const selector of selectors)
    for (const cls of state.select(selector)) {
      tick();
      if (cls.hostNetwork) continue;
      if (has(cls, wanted)) return false;
      someone = true;
    }
  return someone;
};

/** Fields: ports[*].port. Finds: a port name that no pod which it is looked up on has, with this protocol. */
export const portName = policyCheck("port-name", (policy, state, tick) =>
  DIRECTIONS.flatMap((direction) =>
    (policy[direction] ?? []).flatMap((rule): readonly Note[] => {
      const whose = owners(policy, direction, rule);
      return rule.portNames
        .filter((wanted) => isUnknown(state, whose, wanted, tick))
        .map(({ name, protocol }) => ({
          path: `${rule.path}.ports`,
          message: `${rule.path}.ports names ${protocolText(protocol)} port ${name}, which no pod ${direction === "ingress" ? "that is selected" : "of its peers"} has`,
          fix: `name a containerPort ${name} with protocol ${protocolText(protocol)} in the pods, or give the number`,
        }));
    }),
  ),
);
