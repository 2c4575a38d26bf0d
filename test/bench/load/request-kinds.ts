import type { Mapping } from "../../../src/dialects/manifest.ts";
import { teamCount } from "../cluster/cluster.ts";
import { managed, stored } from "../cluster/object-meta.ts";
import { ownerOf, podLabels } from "../cluster/pod.ts";
import { podSpec, templateSpec } from "../cluster/pod-spec.ts";
import { namespaceManifest, policyManifest, PRIVATE_RANGES, tcp } from "../cluster/policies.ts";
import { SHARED_NAMESPACE } from "../cluster/shared.ts";
import { teamName, teamWorkloads, tierLabels, tierNamespace, TIERS } from "../cluster/team.ts";
import { NAME_LABEL, type Workload } from "../cluster/workload.ts";
import { reviewText, SLOT, type Resource } from "./review.ts";

/** The kinds of request that are measured. */
export const REQUEST_KINDS = ["pod-known-class", "pod-new-class", "networkpolicy", "namespace-relabel"] as const;

/** One of them. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** So many templates of a kind, over as many teams: more than caches of one answer would hold. */
const TEMPLATES = 60;

const POD: Resource = { group: "", kind: "Pod", resource: "pods" };
const NAMESPACE: Resource = { group: "", kind: "Namespace", resource: "namespaces" };
const POLICY: Resource = { group: "networking.k8s.io", kind: "NetworkPolicy", resource: "networkpolicies" };

const podReview = (workload: Workload, labels: Readonly<Record<string, string>>): string => {
  const { namespace } = workload;
  const name = `${workload.name}-${SLOT}`;
  const object = stored(
    { apiVersion: "v1", kind: "Pod", spec: podSpec(workload, ""), status: { phase: "Pending", qosClass: "Burstable" } },
    { name, namespace, labels, owner: ownerOf(workload), serial: SLOT },
    [
      managed("v1", {
        manager: "kube-controller-manager",
        fields: { metadata: { labels }, spec: templateSpec(workload) },
      }),
    ],
  );
  return reviewText(POD, { name, namespace }, object, null);
};

const workloadOf = (team: number, turn: number): Workload => {
  const workloads = teamWorkloads(team);
  return workloads[turn % workloads.length] as Workload;
};

const knownPod = (team: number, turn: number): string => {
  const workload = workloadOf(team, turn);
  return podReview(workload, podLabels(workload, `${workload.name}-${SLOT}`, 0));
};

/** New values of two labels that policies mention. */
const newPod = (team: number, turn: number): string => {
  const workload = workloadOf(team, turn);
  const labels = podLabels(workload, `${workload.name}-${SLOT}`, 0);
  return podReview(workload, { ...labels, role: `role-${SLOT}`, [NAME_LABEL]: `app-${SLOT}` });
};

/** Three ways of opening all 50 shared databases: to a team's backend, to all of a team's pods, to addresses. */
const policy = (team: number, turn: number): string => {
  const rules: readonly Mapping[] = [
    { from: [{ namespaceSelector: { matchLabels: tierLabels(team, "backend") } }], ports: [tcp(3306)] },
    { from: [{ namespaceSelector: { matchLabels: { team: teamName(team) } } }], ports: [tcp("metrics")] },
    { from: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_RANGES } }], ports: [tcp(8443)] },
  ];
  const name = `access-${SLOT}`;
  const spec = { podSelector: {}, policyTypes: ["Ingress"], ingress: [rules[turn % rules.length]] };
  return reviewText(
    POLICY,
    { name, namespace: SHARED_NAMESPACE },
    policyManifest(SHARED_NAMESPACE, name, spec, SLOT),
    null,
  );
};

/** The namespace gets another team's label, which that team's policies name. */
const relabel = (team: number, turn: number, teams: number): string => {
  const tier = TIERS[turn % TIERS.length] ?? "backend";
  const name = tierNamespace(team, tier);
  const labels = tierLabels(team, tier);
  const now = { ...labels, team: teamName((team + 1) % teams), "example.com/ticket": `change-${SLOT}` };
  return reviewText(
    NAMESPACE,
    { name, namespace: name },
    namespaceManifest(name, now, SLOT),
    namespaceManifest(name, labels, SLOT),
  );
};

const MAKERS: Readonly<Record<RequestKind, (team: number, turn: number, teams: number) => string>> = {
  "pod-known-class": knownPod,
  "pod-new-class": newPod,
  networkpolicy: policy,
  "namespace-relabel": relabel,
};

/** Texts of AdmissionReviews, with `SLOT` where requests differ, spread over the teams of a cluster of so many pods. */
export const templatesOf = (kind: RequestKind, pods: number): readonly string[] => {
  const teams = teamCount(pods);
  return Array.from({ length: TEMPLATES }, (_, turn) =>
    MAKERS[kind](Math.floor((turn * teams) / TEMPLATES), turn, teams),
  );
};
