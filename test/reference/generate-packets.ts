import fc, { type Arbitrary } from "fast-check";
import { parseAddress } from "./addresses.ts";
import { namespaceOf, isEndpoint } from "./cluster.ts";
import { portNumbers, protocols } from "./generate-parts.ts";
import type { Manifest, Pod } from "./manifests.ts";
import type { Packet } from "./reference.ts";

const outside = [
  ...["203.0.113.7", "203.0.113.200", "8.8.8.8", "192.168.200.1"],
  ...["192.168.200.2", "192.168.7.7", "10.244.1.4", "10.244.1.99"],
  ...["10.244.2.128", "2001:db8::7", "fd00:10:244:1::99"],
  ...["fd00:10:244:2::80", "fd00:192:168:200::1", "fe80::1"],
];

interface Candidate {
  readonly name: string;
  readonly isPod: boolean;
  readonly ips: readonly string[];
}

function podCandidate(pod: Pod): Candidate {
  return {
    name: `${namespaceOf(pod)}/${pod.metadata.name}`,
    isPod: true,
    ips: (pod.status?.podIPs ?? []).map(({ ip }) => ip),
  };
}

function sharedFamilies(a: Candidate, b: Candidate) {
  return a.ips.flatMap((fromIP) =>
    b.ips
      .filter((ip) => parseAddress(ip)?.length === parseAddress(fromIP)?.length)
      .map((toIP) => ({ fromIP, toIP })),
  );
}

/** Packets between two ends, one of which at least is a pod; undefined when their families differ. */
function between(
  from: Candidate,
  to: Candidate,
): Arbitrary<Packet> | undefined {
  const families = sharedFamilies(from, to);
  const known = from.ips.length > 0 && to.ips.length > 0;
  if (known && families.length === 0) return undefined;
  const ends = { from: from.name, to: to.name };
  return fc
    .tuple(
      fc.constantFrom({}, ...families),
      fc.constantFrom(...protocols, "TCP" as const),
      fc.oneof(
        { arbitrary: fc.constantFrom(...portNumbers), weight: 4 },
        { arbitrary: fc.integer({ min: 1, max: 65535 }), weight: 1 },
      ),
    )
    .map(([ips, protocol, port]) => ({ ...ends, ...ips, protocol, port }));
}

/** Packets over a cluster's unfinished pods and some addresses, with and without the packet's addresses given; there must be a pod. */
export function packets(objects: readonly Manifest[]): Arbitrary<Packet> {
  const pods = objects
    .filter((object) => object.kind === "Pod")
    .filter(isEndpoint)
    .map(podCandidate);
  const addresses = [
    ...new Set([...outside, ...pods.flatMap(({ ips }) => ips)]),
  ].map((ip) => ({ name: ip, isPod: false, ips: [ip] }));
  const pairs = (from: readonly Candidate[], to: readonly Candidate[]) =>
    from
      .flatMap((a) => to.map((b) => between(a, b)))
      .filter((packet) => packet !== undefined);
  const choices = [
    { list: pairs(pods, pods), weight: 4 },
    { list: pairs(addresses, pods), weight: 1 },
    { list: pairs(pods, addresses), weight: 1 },
  ].filter(({ list }) => list.length > 0);
  return fc.oneof(
    ...choices.map(({ list, weight }) => ({
      arbitrary: fc.oneof(...list),
      weight,
    })),
  );
}
