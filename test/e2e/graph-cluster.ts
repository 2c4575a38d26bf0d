/** One JSON document a manifest, which is YAML too. */
type Manifest = Readonly<Record<string, unknown>>;

const TIERS = ["web", "api", "worker", "cache", "db"] as const;
const NAMES = ["orders", "billing", "search", "profile", "catalog", "reviews", "shipping", "returns"];

const teamName = (team: number): string => `team-${String(team + 1).padStart(2, "0")}`;

const deployment = (namespace: string, service: string, tier: string): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { namespace, name: `${service}-${tier}` },
  spec: { replicas: 2, template: { metadata: { labels: { service, tier } }, spec: {} } },
});

const policy = (namespace: string, name: string, spec: Manifest): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace, name },
  spec,
});

const labels = (matchLabels: Readonly<Record<string, string>>): Manifest => ({ podSelector: { matchLabels } });
const inNamespace = (name: string): Manifest => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const tcp = (port: number): readonly Manifest[] => [{ protocol: "TCP", port }];

/** What the tiers of one service may do: each speaks with those behind it, as most services do. */
const servicePolicies = (namespace: string, service: string): readonly Manifest[] => {
  const link = (from: string, to: string, port: number): readonly Manifest[] => [
    policy(namespace, `${service}-${from}-to-${to}`, {
      ...labels({ service, tier: from }),
      policyTypes: ["Egress"],
      egress: [{ to: [labels({ service, tier: to })], ports: tcp(port) }],
    }),
    policy(namespace, `${service}-${to}-from-${from}`, {
      ...labels({ service, tier: to }),
      policyTypes: ["Ingress"],
      ingress: [{ from: [labels({ service, tier: from })], ports: tcp(port) }],
    }),
  ];
  return [
    ...link("web", "api", 8080),
    ...link("api", "cache", 6379),
    ...link("api", "db", 5432),
    ...link("worker", "cache", 6379),
    ...link("worker", "db", 5432),
  ];
};

const teamPolicies = (namespace: string, services: readonly string[], next: string): readonly Manifest[] => [
  policy(namespace, "default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  policy(namespace, "dns", {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ to: [inNamespace("kube-system")], ports: [{ protocol: "UDP", port: 53 }] }],
  }),
  policy(namespace, "from-ingress", {
    ...labels({ tier: "web" }),
    policyTypes: ["Ingress"],
    ingress: [{ from: [inNamespace("ingress")], ports: tcp(80) }],
  }),
  policy(namespace, "metrics", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [inNamespace("monitoring")], ports: tcp(9090) }],
  }),
  policy(namespace, "next-team", {
    ...labels({ tier: "api" }),
    policyTypes: ["Ingress", "Egress"],
    egress: [{ to: [{ ...inNamespace(next), ...labels({ tier: "api" }) }], ports: tcp(8080) }],
    ingress: [{ from: [{ namespaceSelector: {}, ...labels({ tier: "api" }) }], ports: tcp(8080) }],
  }),
  ...services.flatMap((service) => servicePolicies(namespace, service)),
];

const SHARED: readonly Manifest[] = [
  deployment("kube-system", "coredns", "dns"),
  deployment("ingress", "gateway", "edge"),
  deployment("monitoring", "prometheus", "metrics"),
  policy("ingress", "gateway", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }], ports: tcp(443) }],
  }),
  policy("kube-system", "dns", {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: "UDP", port: 53 }] }],
    egress: [{ to: [{ ipBlock: { cidr: "192.0.2.53/32" } }], ports: [{ protocol: "UDP", port: 53 }] }],
  }),
  policy("monitoring", "closed", { podSelector: {}, policyTypes: ["Ingress"] }),
];

/** The mistake that a map should show: the first team's databases, and its web tier, open to each other. */
const MISTAKES: readonly Manifest[] = [
  policy(teamName(0), "debug", {
    ...labels({ tier: "db" }),
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: {} }], ports: tcp(5432) }],
  }),
  policy(teamName(0), "debug-out", {
    ...labels({ tier: "web" }),
    policyTypes: ["Egress"],
    egress: [{ to: [labels({ tier: "db" })] }],
  }),
];

const text = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => JSON.stringify(manifest, null, 1)).join("\n---\n");

/** A cluster of teams with services of five tiers each, isolated as is usual, and one team's mistake in it. */
export const guardedCluster = (teams: number, services: number): string => {
  const names = NAMES.slice(0, services);
  return text([
    ...SHARED,
    ...Array.from({ length: teams }, (_, team) => {
      const namespace = teamName(team);
      return [
        ...names.flatMap((service) => TIERS.map((tier) => deployment(namespace, service, tier))),
        ...teamPolicies(namespace, names, teamName((team + 1) % teams)),
      ];
    }).flat(),
    ...MISTAKES,
  ]);
};

/** As many workloads with no policy at all: everybody reaches everybody. */
export const openCluster = (teams: number, services: number): string =>
  text(
    Array.from({ length: teams }, (_, team) =>
      NAMES.slice(0, services).flatMap((service) => TIERS.map((tier) => deployment(teamName(team), service, tier))),
    ).flat(),
  );

/** Rules that the guarded cluster breaks, and one that it keeps. */
export const RULES = `apiVersion: netpol-guard.io/v1alpha1
kind: GuardConfiguration
rules:
  - name: db-not-from-web
    type: forbidden-path
    from: { podSelector: { matchLabels: { tier: web } } }
    to: { podSelector: { matchLabels: { tier: db } } }
  - name: db-only-from-behind
    type: only-allowed-paths
    to: { podSelector: { matchLabels: { tier: db } } }
    from: [{ podSelector: { matchExpressions: [{ key: tier, operator: In, values: [api, worker] }] } }]
    ports: [{ protocol: TCP, port: 5432 }]
  - name: cache-not-from-web
    type: forbidden-path
    from: { podSelector: { matchLabels: { tier: web } } }
    to: { podSelector: { matchLabels: { tier: cache } } }
`;
