import fc, { type Arbitrary } from "fast-check";
import { parseCidr } from "../../src/model/address-text.ts";
import { NO_ADDRESSES } from "../../src/model/addresses.ts";
import type { Peer, Policy, Rule, Tier } from "../../src/model/policies.ts";
import { ALL_PORTS, portRange, wholeProtocol } from "../../src/model/ports.ts";
import { ALL, isIn, type Selector } from "../../src/model/selectors.ts";
import { pod } from "../reference/fixtures.ts";
import type { Manifest } from "../reference/manifests.ts";

/** Pods that policies in tiers speak of. */
export const PODS: readonly Manifest[] = [
  pod("alpha/a", ["10.0.0.1"], { labels: { app: "a" } }),
  pod("alpha/b", ["10.0.0.129", "fd00::1"], { labels: { app: "b" } }),
  pod("beta/c", ["fd00::2"], { labels: { app: "a" } }),
  pod("beta/d", [], { labels: {} }),
];

const TIERS: readonly Tier[] = [
  { name: "admin", order: 1000, otherwise: "pass" },
  { name: "platform", order: 2000, otherwise: "deny" },
  { name: "default", order: 1_000_000, otherwise: "deny" },
  { name: "baseline", order: 10_000_000, otherwise: "pass" },
  { name: "unordered-1", order: Infinity, otherwise: "pass" },
  { name: "unordered-2", order: Infinity, otherwise: "deny" },
];

const endpoints = fc.record({
  namespaces: fc.constant(ALL),
  pods: fc.constantFrom<Selector>(ALL, isIn("app", ["a"]), isIn("app", ["b"]), { kind: "not", of: isIn("app", ["a"]) }),
});
const named = endpoints.filter(({ pods }) => pods.kind !== "all");

const addresses = fc
  .constantFrom("10.0.0.0/25", "10.0.0.0/24", "0.0.0.0/0", "fd00::/64", "::/0")
  .map((cidr) => parseCidr(cidr) ?? NO_ADDRESSES);

const peer: Arbitrary<Peer> = fc.oneof(
  { arbitrary: named.map((selected): Peer => ({ kind: "endpoints", endpoints: selected, path: "named" })), weight: 3 },
  endpoints.map((selected): Peer => ({ kind: "endpoints", endpoints: selected, path: "endpoints" })),
  addresses.map((block): Peer => ({ kind: "addresses", addresses: block, path: "block" })),
);

const rule = (peers: Arbitrary<Peer>): Arbitrary<Rule> =>
  fc.record({
    action: fc.constantFrom("allow", "allow", "allow", "deny", "pass", "log"),
    peers: fc.option(fc.array(peers, { maxLength: 2 }), { nil: undefined }),
    ports: fc.constantFrom(ALL_PORTS, ALL_PORTS, portRange(6, 80, 80), portRange(6, 80, 443), wholeProtocol(17)),
    portNames: fc.constant([]),
    path: fc.constant("rule"),
  });

const policy = (name: string, peers: Arbitrary<Peer>): Arbitrary<Policy> => {
  const rules = fc.option(fc.array(rule(peers), { maxLength: 2 }), { nil: undefined, freq: 2 });
  return fc.record({
    ref: fc.constant({ kind: "TieredPolicy", namespace: "", name }),
    tier: fc.constantFrom(...TIERS),
    order: fc.constantFrom(1, 2, 1000, Infinity),
    subject: endpoints,
    ingress: rules,
    egress: rules,
    terminating: fc.constant(false),
    problems: fc.constant([]),
  });
};

/** Up to so many policies of any tier, in any order; `odd` ones have peers that cannot be understood. */
export const tieredPolicies = (most: number, odd = false): Arbitrary<readonly Policy[]> => {
  const unknown = fc.constant<Peer>({ kind: "unknown", reason: "odd", path: "unknown" });
  const peers = odd ? fc.oneof(peer, peer, unknown) : peer;
  return fc
    .nat(most)
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => policy(`p${String(i)}`, peers))))
    .map((policies) => policies.map((made) => ({ ...made, problems: isOdd(made) ? ["odd"] : [] })));
};

const isOdd = ({ ingress, egress }: Policy): boolean =>
  [...(ingress ?? []), ...(egress ?? [])].some(({ peers }) => peers?.some(({ kind }) => kind === "unknown") === true);
