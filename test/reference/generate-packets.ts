import fc, { type Arbitrary } from "fast-check";
import { parseAddress } from "./addresses.ts";
import { namespaceOf, isEndpoint } from "./cluster.ts";
import { full, portNumbers, protocols } from "./generate-parts.ts";
import type { Manifest, Pod } from "./manifests.ts";
import type { Packet } from "./reference.ts";

const outside = [
  ...["203.0.113.7", "203.0.113.200", "8.8.8.8", "192.168.200.1"],
  ...["192.168.200.2", "192.168.7.7", "10.244.1.4", "10.244.1.99"],
  ...["10.244.2.128", "2001:db8::7", "fd00:10:244:1::99"],
  ...["fd00:10:244:2::80", "fd00:192:168:200::1", "fe80::1"],
];

type Port = Pick<Packet, "protocol" | "port">;

interface Candidate {
  readonly name: string;
  readonly ips: readonly string[];
  readonly ports: readonly Port[];
}

function podCandidate(pod: Pod): Candidate {
  const { containers = [], initContainers } = pod.spec ?? {};
  return {
    name: `${namespaceOf(pod)}/${pod.metadata.name}`,
    ips: (pod.status?.podIPs ?? []).map(({ ip }) => ip),
    ports: [...containers, ...(initContainers ?? [])]
      .flatMap((container) => container.ports ?? [])
      .map(({ protocol = "TCP", containerPort: port }) => ({ protocol, port })),
  };
}

function portOf({ ports }: Candidate): Arbitrary<Port> {
  const protocol = fc.constantFrom("TCP" as const, ...protocols);
  const common = full({ protocol, port: fc.constantFrom(...portNumbers) });
  const any = full({ protocol, port: fc.integer({ min: 1, max: 65535 }) });
  return fc.oneof(
    ...(ports.length > 0 ? [{ arbitrary: fc.constantFrom(...ports), weight: 6 }] : []),
    { arbitrary: common, weight: 5 },
    { arbitrary: any, weight: 1 },
  );
}

function sharedFamilies(a: Candidate, b: Candidate) {
  return a.ips.flatMap((fromIP) =>
    b.ips.filter((ip) => parseAddress(ip)?.length === parseAddress(fromIP)?.length).map((toIP) => ({ fromIP, toIP })),
  );
}

type Pair = readonly [from: Candidate, to: Candidate];

function canTalk([from, to]: Pair): boolean {
  const unknown = from.ips.length === 0 || to.ips.length === 0;
  return unknown || sharedFamilies(from, to).length > 0;
}

function between([from, to]: Pair): Arbitrary<Packet> {
  const ends = { from: from.name, to: to.name };
  return fc
    .tuple(fc.constantFrom({}, ...sharedFamilies(from, to)), portOf(to))
    .map(([ips, port]) => ({ ...ends, ...ips, ...port }));
}

function product(from: readonly Candidate[], to: readonly Candidate[]) {
  return from.flatMap((a) => to.map((b): Pair => [a, b])).filter(canTalk);
}

/** Packets over a cluster's unfinished pods and some addresses, of a family that both ends have, with and without the packet's addresses given; there must be a pod. */
export function packets(objects: readonly Manifest[]): Arbitrary<Packet> {
  const pods = objects
    .filter((object) => object.kind === "Pod")
    .filter(isEndpoint)
    .map(podCandidate);
  const ips = [...outside, ...pods.flatMap((pod) => pod.ips)];
  const addresses = [...new Set(ips)].map((ip) => ({
    name: ip,
    ips: [ip],
    ports: pods.find((pod) => pod.ips.includes(ip))?.ports ?? [],
  }));
  const choices = [
    { pairs: product(pods, pods).filter(([a, b]) => a !== b), weight: 8 },
    { pairs: product(pods, pods), weight: 1 },
    { pairs: product(addresses, pods), weight: 2 },
    { pairs: product(pods, addresses), weight: 2 },
  ].filter(({ pairs }) => pairs.length > 0);
  return fc.oneof(
    ...choices.map(({ pairs, weight }) => ({
      arbitrary: fc.constantFrom(...pairs).chain(between),
      weight,
    })),
  );
}
