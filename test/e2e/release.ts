import { defaultDeny, podTemplate, policy } from "./objects.ts";

/** An object of a release with its path in the API. */
export interface Part {
  readonly object: object;
  readonly path: string;
}

const once = { restartPolicy: "Never" };

const part = (at: string, group: string, kind: string, name: string, spec: object): Part => ({
  object: { apiVersion: `${group}/v1`, kind, metadata: { namespace: at, name }, spec },
  path: `/apis/${group}/v1/namespaces/${at}/${kind.toLowerCase()}s/${name}`,
});
const policyPart = (at: string, name: string, object: object): Part => ({
  object,
  path: `/apis/networking.k8s.io/v1/namespaces/${at}/networkpolicies/${name}`,
});
const lasting = (name: string): object => ({ selector: { matchLabels: { name } }, template: podTemplate({ name }) });

/** The pods of a release. */
export const PODS = 4;

/** What asks for the pods of a release, CronJobs first. */
export const workloadsOf = (at: string): readonly Part[] => [
  part(at, "batch", "CronJob", "report", {
    schedule: "0 0 1 1 *",
    jobTemplate: { spec: { template: podTemplate({ name: "report" }, once) } },
  }),
  part(at, "batch", "Job", "migrate", { template: podTemplate({ name: "migrate" }, once) }),
  part(at, "apps", "StatefulSet", "store", { ...lasting("store"), serviceName: "store" }),
  part(at, "apps", "Deployment", "web", { ...lasting("web"), replicas: 2 }),
];

/** The policies of a release, its default-deny first. */
export const policiesOf = (at: string): readonly Part[] => [
  policyPart(at, "default-deny", defaultDeny(at)),
  policyPart(
    at,
    "web",
    policy(at, "web", { podSelector: { matchLabels: { name: "web" } }, ingress: [{ from: [{ podSelector: {} }] }] }),
  ),
];
