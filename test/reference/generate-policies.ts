import fc, { type Arbitrary } from "fast-check";
import { ipBlock, type PolicyOptions } from "./generate-blocks.ts";
import {
  full,
  namespaceSelector,
  podSelector,
  portNames,
  portNumbers,
  protocols,
  someNamespace,
  sparse,
} from "./generate-parts.ts";
import type { Direction, NetworkPolicy, Peer, PolicyPort, PolicySpec } from "./manifests.ts";

function peer(options: PolicyOptions): Arbitrary<Peer> {
  return fc.oneof(
    full({ podSelector }),
    full({ namespaceSelector }),
    full({ podSelector, namespaceSelector }),
    ipBlock(options),
  );
}

const protocol = fc.constantFrom(...protocols);
const number = fc.constantFrom(...portNumbers);
const port: Arbitrary<PolicyPort> = fc.oneof(
  sparse({ protocol }),
  sparse({ protocol, port: fc.constantFrom(...portNames) }),
  sparse({ protocol, port: number }),
  fc.tuple(sparse({ protocol }), number, number).map(([rest, a, b]) => ({
    ...rest,
    port: Math.min(a, b),
    endPort: Math.max(a, b),
  })),
);

const policyTypes = fc.constantFrom<readonly Direction[]>(
  [],
  ["Ingress"],
  ["Egress"],
  ["Ingress", "Egress"],
  ["Egress", "Ingress"],
);

function mostly<T>(list: Arbitrary<T[]>): Arbitrary<T[]> {
  return fc.oneof({ arbitrary: list, weight: 5 }, { arbitrary: fc.constant<T[]>([]), weight: 1 });
}

function sparseRule<T>(model: { [K in keyof T]: Arbitrary<T[K]> }) {
  return fc.oneof({ arbitrary: full<T>(model), weight: 2 }, { arbitrary: sparse<T>(model), weight: 1 });
}

/** The spec of a valid NetworkPolicy, not defaulted. */
export function policySpec(options: PolicyOptions): Arbitrary<PolicySpec> {
  const peers = mostly(fc.array(peer(options), { minLength: 1, maxLength: 3 }));
  const ports = mostly(fc.array(port, { minLength: 1, maxLength: 3 }));
  const maxLength = 2;
  return sparse({
    podSelector,
    policyTypes,
    ingress: fc.array(sparseRule({ from: peers, ports }), { maxLength }),
    egress: fc.array(sparseRule({ to: peers, ports }), { maxLength }),
  });
}

/** A valid NetworkPolicy of the given name. */
export function networkPolicy(name: string, options: PolicyOptions): Arbitrary<NetworkPolicy> {
  return fc.tuple(someNamespace, policySpec(options)).map(([namespace, spec]) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec,
  }));
}
