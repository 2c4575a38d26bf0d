import type { Mapping } from "../../../src/dialects/manifest.ts";
import { addressOf, podLabels, podManifest, podName } from "./pod.ts";
import { DNS_PODS, shared, SHARED_WORKLOADS } from "./shared.ts";
import { team, TEAM_PODS } from "./team.ts";
import type { Tenant } from "./tenant.ts";
import type { PodPlan } from "./workload.ts";

/** Objects in a page, as client-go asks for them. */
const PAGE_SIZE = 500;

/** How many three-tier teams a cluster of so many pods has, beside the shared namespaces. */
export const teamCount = (pods: number): number => Math.floor((pods - DNS_PODS - SHARED_WORKLOADS) / TEAM_PODS);

function* tenants(pods: number): Iterable<Tenant> {
  const teams = teamCount(pods);
  yield shared(pods - DNS_PODS - teams * TEAM_PODS);
  for (let index = 0; index < teams; index++) yield team(index);
}

/** All pods of the cluster, exactly `pods`. */
export function* podPlans(pods: number): Iterable<PodPlan> {
  let serial = 0;
  for (const { workloads } of tenants(pods))
    for (const workload of workloads)
      for (let ordinal = 0; ordinal < workload.replicas; ordinal++) yield { workload, ordinal, serial: serial++ };
}

/** The pod as it runs. */
const runningPod = (plan: PodPlan): Mapping =>
  podManifest(plan, {
    labels: podLabels(plan.workload, podName(plan), plan.ordinal),
    ip: addressOf(plan.serial),
    resourceVersion: String(plan.serial + 1),
  });

/** As the parser of an API server's answer leaves them: no part is shared. */
const parsed = (manifests: readonly Mapping[]): readonly unknown[] =>
  JSON.parse(JSON.stringify(manifests)) as unknown[];

function* manifests(kind: string, pods: number): Iterable<Mapping> {
  if (kind === "Pod") for (const plan of podPlans(pods)) yield runningPod(plan);
  else if (kind === "Namespace") for (const tenant of tenants(pods)) yield* tenant.namespaces();
  else if (kind === "NetworkPolicy") for (const tenant of tenants(pods)) yield* tenant.policies();
}

/** Whatever comes, in pages, each parsed when it is asked for. */
export function* inPages(all: Iterable<Mapping>): Iterable<readonly unknown[]> {
  let page: Mapping[] = [];
  for (const manifest of all) {
    page.push(manifest);
    if (page.length < PAGE_SIZE) continue;
    yield parsed(page);
    page = [];
  }
  if (page.length > 0) yield parsed(page);
}

/** All objects of one kind in a cluster of so many pods. */
export const pagesOf = (kind: string, pods: number): Iterable<readonly unknown[]> => inPages(manifests(kind, pods));
