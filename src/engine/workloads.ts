import { unionPorts, NO_PORTS, subtractPorts, noPorts, type PortSet } from "../model/ports.ts";
import { connections } from "./connections.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { addressReach } from "./grants.ts";
import type { ClusterState } from "./state.ts";

/** What passes between two workloads, or a workload and the addresses outside. */
export interface WorkloadConnection {
  /** `namespace/Kind/name`, or `external`. */
  readonly from: string;
  readonly to: string;
  readonly ports: PortSet;
}

/** Whatever is outside the cluster. */
const EXTERNAL = "external";

const workloadsOf = (cls: EndpointClass): ReadonlySet<string> =>
  new Set(Iterator.from(cls.members()).map(({ ref, workload }) => `${ref.namespace}/${workload}`));

type Table = Map<string, Map<string, PortSet>>;

const add = (table: Table, from: string, to: string, ports: PortSet): void => {
  const row = table.get(from) ?? new Map<string, PortSet>();
  table.set(from, row);
  row.set(to, unionPorts(row.get(to) ?? NO_PORTS, ports));
};

const tableOf = (state: ClusterState & { classes(): Iterable<EndpointClass> }): Table => {
  const table: Table = new Map();
  const names = new Map<EndpointClass, ReadonlySet<string>>();
  const namesOf = (cls: EndpointClass): ReadonlySet<string> => {
    const known = names.get(cls) ?? workloadsOf(cls);
    names.set(cls, known);
    return known;
  };
  for (const { from, to, ports, unsure } of connections(state))
    for (const source of namesOf(from))
      for (const destination of namesOf(to)) add(table, source, destination, unionPorts(ports, unsure));
  for (const cls of state.classes()) {
    if (cls.hostNetwork) continue;
    const outside = (direction: "ingress" | "egress"): PortSet =>
      addressReach(state, cls, direction, () => undefined).reduce((sum, { ports }) => unionPorts(sum, ports), NO_PORTS);
    const [from, to] = [outside("ingress"), outside("egress")];
    for (const name of namesOf(cls)) {
      if (!noPorts(from)) add(table, EXTERNAL, name, from);
      if (!noPorts(to)) add(table, name, EXTERNAL, to);
    }
  }
  return table;
};

const listOf = (table: Table, without: Table): readonly WorkloadConnection[] =>
  [...table]
    .flatMap(([from, row]) =>
      [...row].map(([to, ports]) => ({
        from,
        to,
        ports: subtractPorts(ports, without.get(from)?.get(to) ?? NO_PORTS),
      })),
    )
    .filter(({ ports }) => !noPorts(ports))
    .sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1));

/** A state that can list all its classes. */
type WholeState = Parameters<typeof tableOf>[0];

/** What one state opens between workloads that another does not. */
export interface ConnectivityDiff {
  readonly added: readonly WorkloadConnection[];
  readonly removed: readonly WorkloadConnection[];
}

/** Compares who may talk to whom in two states. */
export const diffConnectivity = (before: WholeState, after: WholeState): ConnectivityDiff => {
  const [then, now] = [tableOf(before), tableOf(after)];
  return { added: listOf(now, then), removed: listOf(then, now) };
};
