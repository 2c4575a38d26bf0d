import fc, { type Arbitrary } from "fast-check";
import { isEndpoint } from "../reference/cluster.ts";
import { type ClusterOptions, clusters } from "../reference/generate-clusters.ts";
import type { Manifest, Pod } from "../reference/manifests.ts";

/** Far enough to cross the bounds of blocks, and never onto the address of another generated pod. */
const DISTANCE = 64;

const shifted = (ip: string, by: number): string =>
  ip.includes(":")
    ? ip.replace(/[0-9a-f]+$/, (host) => ((Number.parseInt(host, 16) + by) % 256).toString(16))
    : ip.replace(/[0-9]+$/, (host) => String((Number(host) + by) % 256));

const replica = (pod: Pod, number: number): Pod => {
  const { podIPs, ...status } = pod.status ?? {};
  const moved = podIPs?.map(({ ip }) => ({
    ip: pod.spec?.hostNetwork === true ? ip : shifted(ip, number * DISTANCE),
  }));
  return {
    ...pod,
    metadata: { ...pod.metadata, name: `${pod.metadata.name}-${String(number)}` },
    status: { ...status, ...(moved?.[0] !== undefined && { podIP: moved[0].ip, podIPs: moved }) },
  };
};

/** The same cluster with up to two more replicas of each pod, so that classes have several members. */
const withReplicas = (objects: readonly Manifest[]): Arbitrary<readonly Manifest[]> =>
  fc.array(fc.nat(2), { minLength: objects.length, maxLength: objects.length }).map((counts) =>
    objects.flatMap((object, i) => {
      if (object.kind !== "Pod" || !isEndpoint(object)) return [object];
      return [object, ...Array.from({ length: counts[i] ?? 0 }, (_, n) => replica(object, n + 1))];
    }),
  );

/** The same objects in any order. */
export const shuffled = <T>(items: readonly T[]): Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

/** Small clusters whose pods come in replicas, in any order. */
export const crowdedClusters = (options: ClusterOptions = {}): Arbitrary<readonly Manifest[]> =>
  clusters({ hostBits: true, maxPods: 4, ...options })
    .chain(withReplicas)
    .chain(shuffled);
