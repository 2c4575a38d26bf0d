import { intersectAddresses, noAddresses } from "../model/addresses.ts";
import { DIRECTIONS, type Direction } from "../model/policies.ts";
import { intersectPorts, noPorts, unionOfPorts, unionPorts, type PortSet } from "../model/ports.ts";
import { EXTERNAL, type BrokenRule, type Permit, type WorkloadGraph } from "../model/workload-graph.ts";
import { connections } from "./connections.ts";
import { EdgeTable } from "./edge-table.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import type { ForbiddenPaths } from "./forbidden-paths.ts";
import { outsideReach, type OutsideReach } from "./outside-permits.ts";
import { permitsBetween } from "./permits.ts";
import type { ClusterState } from "./state.ts";
import { workloadId, workloadNodes } from "./workload-nodes.ts";

/** What a rule of the organisation wants closed, under the rule's code. */
export interface NamedForbiddenPaths {
  readonly rule: string;
  readonly forbids: ForbiddenPaths;
}

type WholeState = ClusterState & { classes(): Iterable<EndpointClass> };

const NOTHING_BROKEN: readonly BrokenRule[] = [];

const brokenBetween = (
  rules: readonly NamedForbiddenPaths[],
  from: EndpointClass,
  to: EndpointClass,
  passing: PortSet,
): readonly BrokenRule[] =>
  rules.length === 0
    ? NOTHING_BROKEN
    : rules
        .map(({ rule, forbids }) => ({ rule, ports: intersectPorts(forbids.between(from, to), passing) }))
        .filter(({ ports }) => !noPorts(ports));

const brokenOutside = (
  rules: readonly NamedForbiddenPaths[],
  cls: EndpointClass,
  direction: Direction,
  { open, unsure }: OutsideReach,
): readonly BrokenRule[] =>
  rules.flatMap(({ rule, forbids }) => {
    const ban = forbids.outside(cls, direction);
    if (ban === undefined) return [];
    const met = open.filter(({ addresses }) => !noAddresses(intersectAddresses(addresses, ban.addresses)));
    const ports = intersectPorts(unionPorts(unionOfPorts(met.map((box) => box.ports)), unsure), ban.ports);
    return noPorts(ports) ? [] : [{ rule, ports }];
  });

const addOutside = (
  table: EdgeTable,
  ids: ReadonlySet<string>,
  direction: Direction,
  reach: OutsideReach,
  broken: readonly BrokenRule[],
): void => {
  const { ports, unsure } = reach;
  if (noPorts(ports) && noPorts(unsure)) return;
  const outside: readonly Permit[] = [{ kind: "outside", ports: unionPorts(ports, unsure) }];
  const permits =
    direction === "ingress" ? { egress: outside, ingress: reach.permits } : { egress: reach.permits, ingress: outside };
  for (const id of ids)
    if (direction === "ingress") table.add(EXTERNAL, id, { ports, unsure, permits, broken });
    else table.add(id, EXTERNAL, { ports, unsure, permits, broken });
};

/**
 * Who reaches whom by workload, why, and which of these paths the rules forbid. The selectors that the rules ask for
 * must be known to the state (`state.set`), or it cannot tell their ends apart.
 */
export const workloadGraph = (state: WholeState, rules: readonly NamedForbiddenPaths[]): WorkloadGraph => {
  const nodes = workloadNodes(state);
  const pods = new Map(nodes.map((node) => [node.id, node.pods]));
  const known = new Map<EndpointClass, ReadonlySet<string>>();
  const idsOf = (cls: EndpointClass): ReadonlySet<string> => {
    const ids = known.get(cls) ?? new Set(Iterator.from(cls.members()).map(workloadId));
    known.set(cls, ids);
    return ids;
  };
  const table = new EdgeTable();
  for (const { from, to, ports, unsure } of connections(state)) {
    const part = {
      ports,
      unsure,
      permits: permitsBetween(state, from, to),
      broken: brokenBetween(rules, from, to, unionPorts(ports, unsure)),
    };
    for (const source of idsOf(from))
      for (const destination of idsOf(to))
        // A pod always reaches itself: only two of them make a path.
        if (source !== destination || (pods.get(source) ?? 0) > 1) table.add(source, destination, part);
  }
  for (const cls of state.classes()) {
    if (cls.hostNetwork) continue;
    for (const direction of DIRECTIONS) {
      const reach = outsideReach(state, cls, direction);
      addOutside(table, idsOf(cls), direction, reach, brokenOutside(rules, cls, direction, reach));
    }
  }
  return { nodes, edges: table.edges() };
};
