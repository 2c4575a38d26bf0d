import type { Path, Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { classReach } from "../engine/reach.ts";
import { changeText, classText } from "../engine/words.ts";
import { intersectAddresses, type Address, type AddressSet } from "../model/addresses.ts";
import type { Direction } from "../model/policies.ts";
import { intersectPorts, noPorts, portsText } from "../model/ports.ts";
import type { Violation } from "./rule.ts";

const firstOf = ({ ipv4, ipv6 }: AddressSet): Address | undefined =>
  ipv4[0] !== undefined
    ? { family: "ipv4", value: ipv4[0] }
    : ipv6[0] === undefined
      ? undefined
      : { family: "ipv6", value: ipv6[0] };

/** Addresses that the pod may get and that a block in the other end's policies tells from the rest. */
function* addressesNamed(
  { after }: Transition,
  other: EndpointClass,
  direction: Direction,
  podCIDRs: AddressSet,
): Iterable<Address> {
  for (const { policies } of after.governing(other, direction))
    for (const policy of policies)
      for (const rule of policy[direction] ?? [])
        for (const peer of rule.peers ?? []) {
          const address = peer.kind === "addresses" ? firstOf(intersectAddresses(peer.addresses, podCIDRs)) : undefined;
          if (address !== undefined) yield address;
        }
}

/** A pod with no address yet may get one that a block lets through: a warning, judged again once it has it. */
export const likelyByAddress = (transition: Transition, path: Path, podCIDRs: AddressSet): readonly Violation[] => {
  const { after, change, tick } = transition;
  const cls = change.type === "endpoint" ? after.classOf(change.ref) : undefined;
  if (cls === undefined || cls.hostNetwork || cls.addresses.length > 0) return [];
  for (const direction of ["ingress", "egress"] as const) {
    const [own, others] = direction === "ingress" ? [path.from, path.to] : [path.to, path.from];
    if (!after.set(own).has(cls)) continue;
    for (const other of after.set(others).open(direction))
      for (const address of addressesNamed(transition, other, direction, podCIDRs)) {
        tick();
        const placed = {
          ...cls,
          members: () => cls.members(),
          identities: () => cls.identities(),
          addresses: [address],
        };
        const [from, to] = direction === "ingress" ? [placed, other] : [other, placed];
        const [source, destination] = direction === "ingress" ? [cls, other] : [other, cls];
        const ports = intersectPorts(classReach(after, from, to).ports, path.ports);
        if (noPorts(ports) || !noPorts(intersectPorts(classReach(after, source, destination).ports, ports))) continue;
        return [
          {
            kind: "advice",
            standing: "new",
            curable: false,
            message: `${changeText(change)} may let ${classText(source)} reach ${classText(destination)} on ${portsText(ports)}, by the address that it is given`,
            details: [],
            fix: "leave the addresses of pods out of the ipBlock, and name them by selectors",
            more: 0,
          },
        ];
      }
  }
  return [];
};
