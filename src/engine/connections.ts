import type { EndpointSelector } from "../model/policies.ts";
import { noPorts, type PortSet } from "../model/ports.ts";
import { ALL } from "../model/selectors.ts";
import { candidates } from "./candidates.ts";
import { areTwo } from "./delta.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { classReach } from "./reach.ts";
import type { ClusterState } from "./state.ts";

/** What the endpoints of one class may open to those of another. */
export interface Connection {
  readonly from: EndpointClass;
  readonly to: EndpointClass;
  readonly ports: PortSet;
  /** Cannot be told. */
  readonly unsure: PortSet;
}

/** Everybody. One object, so that its set is kept once. */
const EVERYBODY: EndpointSelector = { namespaces: ALL, pods: ALL };

/** Every pair of classes between which something passes, or may; hostNetwork ends left out. */
export function* connections(state: ClusterState): Iterable<Connection> {
  const everybody = state.set(EVERYBODY);
  for (const from of everybody.classes()) {
    if (from.hostNetwork) continue;
    const seen = new Set<EndpointClass>();
    for (const to of candidates(state, from, "egress", everybody)) {
      if (seen.has(to) || to.hostNetwork || !areTwo(from, to)) continue;
      seen.add(to);
      const { ports, unsure } = classReach(state, from, to);
      if (!noPorts(ports) || !noPorts(unsure)) yield { from, to, ports, unsure };
    }
  }
}
