import type { Mapping } from "../../../src/dialects/manifest.ts";
import { serialText } from "./object-meta.ts";
import { DEFAULT_DENY, DNS_EGRESS, namespaceManifest, policyManifest, PRIVATE_RANGES, tcp } from "./policies.ts";
import type { Tenant } from "./tenant.ts";
import { workload, type Workload } from "./workload.ts";

/** The tiers of a team, a namespace each. */
export const TIERS = ["frontend", "backend", "database"] as const;

type Tier = (typeof TIERS)[number];

/** What each team runs. */
export const TEAM_PODS = 18;

/** The value of the `team` label of a team's namespaces. */
export const teamName = (index: number): string => `team-${String(index).padStart(5, "0")}`;

/** The namespace of a team's tier. */
export const tierNamespace = (index: number, tier: Tier): string => `${teamName(index)}-${tier}`;

/** Labels of the namespace of a team's tier. */
export const tierLabels = (index: number, tier: Tier): Readonly<Record<string, string>> => ({
  team: teamName(index),
  tier,
});

/** The team's workloads, six pods a tier. */
export const teamWorkloads = (index: number): readonly Workload[] => {
  const at = (tier: Tier): string => tierNamespace(index, tier);
  const deployed = { owner: "ReplicaSet", portName: "http" } as const;
  const stateful = { owner: "StatefulSet", portName: "tcp" } as const;
  return [
    workload(at("frontend"), "web", "web", { ...deployed, replicas: 4, port: 8443 }),
    workload(at("frontend"), "assets", "web", { ...deployed, replicas: 2, port: 8443 }),
    workload(at("backend"), "api", "api", { ...deployed, replicas: 4, port: 3000 }),
    workload(at("backend"), "worker", "worker", { ...deployed, replicas: 2, port: 3000 }),
    workload(at("database"), "orders", "db", { ...stateful, replicas: 4, port: 3306 }),
    workload(at("database"), "users", "db", { ...stateful, replicas: 2, port: 3306 }),
  ];
};

const role = (value: string): Mapping => ({ matchLabels: { role: value } });

const specsOf = (index: number): readonly (readonly [tier: Tier, name: string, spec: Mapping])[] => {
  const peer = (tier: Tier, ...roles: readonly string[]): readonly Mapping[] =>
    roles.map((value) => ({ namespaceSelector: { matchLabels: tierLabels(index, tier) }, podSelector: role(value) }));
  return [
    ...TIERS.map((tier) => [tier, "default-deny", DEFAULT_DENY] as const),
    [
      "frontend",
      "web-from-internet",
      {
        podSelector: role("web"),
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_RANGES } }], ports: [tcp(8443)] }],
      },
    ],
    [
      "frontend",
      "web-to-api",
      {
        podSelector: role("web"),
        policyTypes: ["Egress"],
        egress: [{ to: peer("backend", "api"), ports: [tcp(3000)] }, DNS_EGRESS],
      },
    ],
    [
      "backend",
      "api-from-web",
      {
        podSelector: role("api"),
        policyTypes: ["Ingress"],
        ingress: [{ from: peer("frontend", "web"), ports: [tcp("http")] }],
      },
    ],
    [
      "backend",
      "backend-to-db",
      {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to: peer("database", "db"), ports: [tcp(3306)] }, DNS_EGRESS],
      },
    ],
    [
      "database",
      "db-from-backend",
      {
        podSelector: role("db"),
        policyTypes: ["Ingress"],
        ingress: [{ from: peer("backend", "api", "worker"), ports: [tcp(3306)] }],
      },
    ],
  ];
};

/** A three-tier team: 3 namespaces, 18 pods, 8 policies. */
export const team = (index: number): Tenant => ({
  workloads: teamWorkloads(index),
  namespaces: () =>
    TIERS.map((tier, i) =>
      namespaceManifest(tierNamespace(index, tier), tierLabels(index, tier), serialText(index * TIERS.length + i)),
    ),
  policies: () =>
    specsOf(index).map(([tier, name, spec], i) =>
      policyManifest(tierNamespace(index, tier), name, spec, serialText(index * 8 + i)),
    ),
});
