import fc, { type Arbitrary } from "fast-check";
import { containers } from "./generate-containers.ts";
import { full, podLabels, someNamespace } from "./generate-parts.ts";
import type { Pod } from "./manifests.ts";

/** The address families of a node or a pod; "none" before there is an address. */
export type Families = "none" | "v4" | "v6" | "dual";

const hosts = [4, 5, 16, 127, 128, 129, 200, 254] as const;

/** How many different pod addresses there are in each family. */
export const slots = hosts.length * 2;

function addressesOf(families: Families, v4: string, v6: string): readonly { readonly ip: string }[] {
  const ips = { none: [], v4: [v4], v6: [v6], dual: [v4, v6] }[families];
  return ips.map((ip) => ({ ip }));
}

function podNetwork(families: Families, slot: number) {
  const subnet = String(1 + (slot % 2));
  const host = hosts[Math.floor(slot / 2) % hosts.length] ?? 1;
  return addressesOf(families, `10.244.${subnet}.${String(host)}`, `fd00:10:244:${subnet}::${host.toString(16)}`);
}

/** What is known of a pod before it is generated. */
export interface PodPlan {
  readonly name: string;
  readonly nodeFamilies: Families;
  readonly families: Arbitrary<Families>;
  readonly phase: Arbitrary<string>;
  readonly slot: number;
  /** A finished pod may have an address that another pod has by now. */
  readonly slotIfFinished: number;
}

/** A valid pod; one without an address may have a node already, a hostNetwork pod has its node's addresses. */
export function pod(plan: PodPlan): Arbitrary<Pod> {
  const parts = full({
    namespace: someNamespace,
    labels: podLabels,
    families: plan.families,
    phase: plan.phase,
    hostNetwork: fc.nat(7).map((n) => n === 7),
    node: fc.constantFrom("1", "2"),
    creating: fc.boolean(),
    containers,
  });
  return parts.map((part) => {
    const { namespace, labels, families, node, hostNetwork } = part;
    const base = {
      apiVersion: "v1" as const,
      kind: "Pod" as const,
      metadata: { name: plan.name, namespace, labels },
    };
    const spec = { ...(hostNetwork && { hostNetwork }), ...part.containers };
    const noAddress = families === "none";
    if (plan.nodeFamilies === "none" || (noAddress && (hostNetwork || !part.creating)))
      return { ...base, spec, status: { phase: "Pending" } };
    const finished = part.phase === "Succeeded" || part.phase === "Failed";
    const hostIPs = addressesOf(plan.nodeFamilies, `192.168.200.${node}`, `fd00:192:168:200::${node}`);
    const podIPs = hostNetwork ? hostIPs : podNetwork(families, finished ? plan.slotIfFinished : plan.slot);
    const phase = noAddress ? "Pending" : part.phase;
    const [hostIP, podIP] = [hostIPs[0]?.ip, podIPs[0]?.ip];
    return {
      ...base,
      spec: { nodeName: `node-${node}`, ...spec },
      status: {
        phase,
        ...(hostIP !== undefined && { hostIP, hostIPs }),
        ...(podIP !== undefined && { podIP, podIPs }),
      },
    };
  });
}
