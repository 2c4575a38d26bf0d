import fc, { type Arbitrary } from "fast-check";
import { parseCidr } from "./addresses.ts";
import { full, sparse } from "./generate-parts.ts";
import type { Peer } from "./manifests.ts";

/** What generated policies may contain beside what a new API server accepts. */
export interface PolicyOptions {
  /** CIDRs with bits beyond the prefix, as old stored objects have them. */
  readonly hostBits?: boolean;
}

const tidyCidrs = [
  ...["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.244.0.0/16"],
  ...["10.244.1.0/24", "10.244.1.0/25", "10.244.2.128/25", "10.244.1.4/32"],
  ...["192.168.0.0/16", "192.168.200.1/32", "203.0.113.0/24", "203.0.113.7/32"],
  ...["::/0", "fd00::/8", "fd00:10:244::/48", "fd00:10:244:1::/64"],
  ...["fd00:10:244:2::80/121", "fd00:10:244:1::4/128", "2001:db8::/32"],
];
const untidyCidrs = [
  ...["10.244.1.77/24", "10.244.200.9/16", "10.244.2.255/25", "203.0.113.9/28"],
  ...["fd00:10:244:1::5/64", "fd00:10:244:ffff::1/48", "2001:db8::7/32"],
];

function strictlyInside(inner: string, outer: string): boolean {
  const a = parseCidr(inner);
  const b = parseCidr(outer);
  if (a === undefined || b === undefined) return false;
  return a.length === b.length && a.network.startsWith(b.network) && a.network !== b.network;
}

/** A peer that is an ipBlock. */
export function ipBlock({ hostBits = false }: PolicyOptions): Arbitrary<Peer> {
  const cidrs = hostBits ? [...tidyCidrs, ...untidyCidrs] : tidyCidrs;
  return fc.constantFrom(...cidrs).chain((cidr) => {
    const holes = cidrs.filter((other) => strictlyInside(other, cidr));
    const except = fc.subarray(holes, { maxLength: Math.min(2, holes.length) });
    const block = sparse({ except }).map((rest) => ({ cidr, ...rest }));
    return full({ ipBlock: block });
  });
}
