import { refKey, type Endpoint, type ObjectRef } from "../model/objects.ts";
import type { Direction } from "../model/policies.ts";
import type { Labels } from "../model/selectors.ts";
import type { WorkloadNode } from "../model/workload-graph.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import { isGenerated } from "./identity.ts";
import type { ClusterState } from "./state.ts";

/** The id of the workload that an endpoint belongs to: `namespace/Kind/name`. */
export const workloadId = ({ ref, workload }: Endpoint): string => `${ref.namespace}/${workload}`;

/** A workload while its endpoints are gathered. */
interface Gathered {
  readonly first: Endpoint;
  pods: number;
  hostNetwork: boolean;
  readonly serviceAccounts: Set<string>;
  labels: Labels;
  readonly policies: Readonly<Record<Direction, Map<string, ObjectRef>>>;
}

const gather = (first: Endpoint): Gathered => ({
  first,
  pods: 0,
  hostNetwork: false,
  serviceAccounts: new Set(),
  labels: new Map([...first.labels].filter(([key]) => !isGenerated(key))),
  policies: { ingress: new Map(), egress: new Map() },
});

const addEndpoint = (gathered: Gathered, endpoint: Endpoint): void => {
  if (endpoint.ref.kind === "Pod") gathered.pods++;
  gathered.hostNetwork ||= endpoint.hostNetwork;
  gathered.serviceAccounts.add(endpoint.serviceAccount);
  if ([...gathered.labels].some(([key, value]) => endpoint.labels.get(key) !== value))
    gathered.labels = new Map([...gathered.labels].filter(([key, value]) => endpoint.labels.get(key) === value));
};

const sortedRefs = (refs: ReadonlyMap<string, ObjectRef>): readonly ObjectRef[] =>
  [...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref);

const nodeOf = ([id, gathered]: readonly [string, Gathered]): WorkloadNode => {
  const { first, pods, hostNetwork, serviceAccounts, labels, policies } = gathered;
  const slash = first.workload.indexOf("/");
  return {
    id,
    namespace: first.ref.namespace,
    kind: first.workload.slice(0, slash),
    name: first.workload.slice(slash + 1),
    pods,
    hostNetwork,
    serviceAccounts: [...serviceAccounts].sort(),
    labels,
    policies: { ingress: sortedRefs(policies.ingress), egress: sortedRefs(policies.egress) },
  };
};

/** Every workload of a state, hostNetwork ones too, sorted by id. */
export const workloadNodes = (
  state: ClusterState & { classes(): Iterable<EndpointClass> },
): readonly WorkloadNode[] => {
  const all = new Map<string, Gathered>();
  for (const cls of state.classes()) {
    const inClass = new Set<Gathered>();
    for (const endpoint of cls.members()) {
      const id = workloadId(endpoint);
      const gathered = all.get(id) ?? gather(endpoint);
      all.set(id, gathered);
      addEndpoint(gathered, endpoint);
      inClass.add(gathered);
    }
    for (const direction of ["ingress", "egress"] as const)
      for (const { policies } of state.governing(cls, direction))
        for (const { ref } of policies)
          for (const gathered of inClass) gathered.policies[direction].set(refKey(ref), ref);
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(nodeOf);
};
