import { findEnd, isOwnNode } from "./cluster.ts";
import { directionAllows, type Flow } from "./directions.ts";
import type { Manifest } from "./manifests.ts";
import { every, some, type Ternary } from "./ternary.ts";

/** A new connection: `from` and `to` are "namespace/pod" or an address, `port` is the destination's. */
export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly fromIP?: string;
  readonly toIP?: string;
  readonly protocol: string;
  readonly port: number;
}

/** What the policies of each direction say, and whether the packet arrives in one family at least. */
export interface Verdict {
  readonly allowed: Ternary;
  readonly egress: Ternary;
  readonly ingress: Ternary;
}

function flows(objects: readonly Manifest[], packet: Packet): readonly Flow[] {
  const from = findEnd(objects, packet.from, packet.fromIP);
  const to = findEnd(objects, packet.to, packet.toIP);
  if (from === undefined || to === undefined) return [];
  const orUnknown = <T>(list: readonly T[]) => (list.length === 0 ? [undefined] : list);
  return orUnknown(from.addresses)
    .flatMap((fromAddress) =>
      orUnknown(to.addresses).map((toAddress) => ({
        from,
        to,
        fromAddress,
        toAddress,
        protocol: packet.protocol,
        port: packet.port,
      })),
    )
    .filter(
      ({ fromAddress, toAddress }) =>
        fromAddress === undefined || toAddress === undefined || fromAddress.length === toAddress.length,
    );
}

/** Judges one packet by NetworkPolicy v1; a missing or finished pod neither reaches nor is reached. */
export function verdict(objects: readonly Manifest[], packet: Packet): Verdict {
  const families = flows(objects, packet).map((flow) => {
    const { from, to } = flow;
    const egress = directionAllows(objects, "Egress", flow);
    const ingress = directionAllows(objects, "Ingress", flow);
    const self = to.pod !== undefined && from.pod === to.pod;
    const node = to.pod !== undefined && isOwnNode(objects, from, to.pod);
    const allowed = self || node || every([egress, ingress]);
    return { allowed, egress, ingress };
  });
  return {
    allowed: some(families.map((family) => family.allowed)),
    egress: some(families.map((family) => family.egress)),
    ingress: some(families.map((family) => family.ingress)),
  };
}
