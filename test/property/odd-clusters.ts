import fc, { type Arbitrary } from "fast-check";
import { clusters } from "../reference/generate-clusters.ts";
import { namespaceOf } from "../reference/cluster.ts";
import type { LabelSelector, Manifest, NetworkPolicy, Peer, PolicySpec, Rule } from "../reference/manifests.ts";

const brokenSelector: Arbitrary<LabelSelector> = fc
  .tuple(
    fc.constantFrom<NonNullable<LabelSelector["matchExpressions"]>>(
      [{ key: "app", operator: "Like", values: ["a"] }],
      [{ key: "app", operator: "In", values: [] }],
      [{ key: "app", operator: "NotIn" }],
      [{ key: "app", operator: "Exists", values: ["a"] }],
      [{ key: "tier", operator: "DoesNotExist", values: ["a"] }],
      [{ key: "tier", operator: "" }],
    ),
    fc.constantFrom({}, { matchLabels: { app: "a" } }),
  )
  .map(([matchExpressions, rest]) => ({ ...rest, matchExpressions }));

const selectorPeer: Arbitrary<Peer> = fc.oneof(
  brokenSelector.map((podSelector) => ({ podSelector })),
  brokenSelector.map((namespaceSelector) => ({ namespaceSelector })),
);

const brokenPeer: Arbitrary<Peer> = fc.oneof(
  selectorPeer,
  fc.constantFrom("10.244.0.0", "10.244.0.0/33", "fd00::/200", "300.0.0.0/8").map((cidr) => ({ ipBlock: { cidr } })),
  fc.constantFrom("10.244.1.0", "::/129").map((hole) => ({ ipBlock: { cidr: "10.244.0.0/16", except: [hole] } })),
);

const withPeer = (rules: PolicySpec["ingress"], side: "from" | "to", peer: Peer): readonly (Rule | null)[] => {
  const [first, ...others] = rules ?? [];
  return [{ ...first, [side]: [peer, ...(first?.[side] ?? [])] }, ...others];
};

/** What of the policies cannot be understood. */
export type Broken = "peer selectors" | "anything";

const broken = (policy: NetworkPolicy, what: Broken): Arbitrary<NetworkPolicy> => {
  const peers = (what === "anything" ? brokenPeer : selectorPeer).chain((peer) =>
    fc.constantFrom<PolicySpec>(
      { ...policy.spec, ingress: withPeer(policy.spec?.ingress, "from", peer) },
      { ...policy.spec, egress: withPeer(policy.spec?.egress, "to", peer) },
    ),
  );
  const subjects = brokenSelector.map((podSelector): PolicySpec => ({ ...policy.spec, podSelector }));
  return (what === "anything" ? fc.oneof(peers, subjects) : peers).map((spec) => ({ ...policy, spec }));
};

/** Clusters of which one policy or two cannot be understood everywhere. */
export const oddClusters = (what: Broken): Arbitrary<readonly Manifest[]> =>
  clusters({ hostBits: true }).chain((objects) => {
    const policies = objects.filter((object) => object.kind === "NetworkPolicy");
    const others = objects.filter((object) => object.kind !== "NetworkPolicy");
    return fc
      .tuple(...policies.map((policy, i) => (i < 2 ? broken(policy, what) : fc.constant(policy))))
      .map((mixed) => [...others, ...mixed]);
  });

/** Names of pods that have finished: packets to and from them go nowhere. */
export const finishedPods = (objects: readonly Manifest[]): readonly string[] =>
  objects
    .filter((object) => object.kind === "Pod")
    .filter(({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed")
    .map((pod) => `${namespaceOf(pod)}/${pod.metadata.name}`);
