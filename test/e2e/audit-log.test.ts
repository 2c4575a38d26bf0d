import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Note, readNotes } from "./audit-log.ts";
import { guardPlane } from "./guarded.ts";
import { apply, succeed } from "./kubectl.ts";
import { defaultDeny, deployment, namespace, pod, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 60_000;
const soon = { timeout: 10_000, interval: 50 };

const DEFAULT_DENY = "require-default-deny/default-deny";
const NOT_FROM_FRONTEND = "forbidden-path/db-not-from-frontend";
const NOT_FROM_STAGING = "forbidden-path/db-not-from-staging";

/** A binding that would set a label on a pod of prod. */
const binding = (name: string): object => ({
  apiVersion: "v1",
  kind: "Binding",
  metadata: { namespace: "prod", name, labels: { role: "backend" } },
  target: { apiVersion: "v1", kind: "Node", name: "worker" },
});

type Noted = Omit<Note, "user">;
interface Request {
  readonly args: readonly string[];
  readonly input?: object;
}

const refused = { code: 403, decision: "deny" };
const REQUESTS: readonly (readonly [string, Request, Noted])[] = [
  [
    "the deletion of a policy",
    { args: ["delete", "networkpolicy", "default-deny", "-n", "data"] },
    {
      ...{ verb: "delete", resource: "networkpolicies", namespace: "data", name: "default-deny" },
      ...{ ...refused, webhook: "policies.netpol-guard.io", findings: `deny ${DEFAULT_DENY}` },
    },
  ],
  [
    "a policy that breaks several rules",
    {
      args: ["create", "-f", "-"],
      input: policy("data", "open", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] }),
    },
    {
      ...{ verb: "create", resource: "networkpolicies", namespace: "data", name: "open" },
      ...{ ...refused, webhook: "policies.netpol-guard.io" },
      findings: `deny ${DEFAULT_DENY}, deny ${NOT_FROM_FRONTEND}, deny ${NOT_FROM_STAGING}`,
    },
  ],
  [
    "a pod",
    { args: ["create", "-f", "-"], input: pod("bare", "web") },
    {
      ...{ verb: "create", resource: "pods", namespace: "bare", name: "web" },
      ...{ ...refused, webhook: "pods.netpol-guard.io", findings: `deny ${DEFAULT_DENY}` },
    },
  ],
  [
    "a dry run",
    { args: ["create", "--dry-run=server", "-f", "-"], input: pod("bare", "tried") },
    {
      ...{ verb: "create", resource: "pods", namespace: "bare", name: "tried", code: 201 },
      ...{ webhook: "pods.netpol-guard.io", decision: "allow", findings: `warn ${DEFAULT_DENY}` },
    },
  ],
  [
    "a workload",
    { args: ["create", "-f", "-"], input: deployment("bare", "web") },
    {
      ...{ verb: "create", resource: "deployments", namespace: "bare", name: "web", code: 201 },
      ...{ webhook: "workloads.netpol-guard.io", decision: "allow", findings: `warn ${DEFAULT_DENY}` },
    },
  ],
  [
    "a label of a Namespace",
    { args: ["label", "--overwrite", "namespace", "staging", "name=prod"] },
    {
      ...{ verb: "patch", resource: "namespaces", namespace: "staging", name: "staging" },
      ...{ ...refused, webhook: "labels.netpol-guard.io", findings: `deny ${NOT_FROM_STAGING}` },
    },
  ],
  [
    "a subresource",
    {
      args: ["create", "--raw", "/api/v1/namespaces/prod/pods/frontend/binding", "-f", "-"],
      input: binding("frontend"),
    },
    {
      ...{ verb: "create", resource: "pods/binding", namespace: "prod", name: "frontend" },
      ...{ ...refused, webhook: "labels.netpol-guard.io", findings: `deny ${NOT_FROM_FRONTEND}` },
    },
  ],
  [
    "what could not be judged",
    { args: ["create", "--raw", "/api/v1/namespaces/prod/pods/nobody/binding", "-f", "-"], input: binding("nobody") },
    {
      ...{ verb: "create", resource: "pods/binding", namespace: "prod", name: "nobody", code: 403 },
      ...{ webhook: "labels.netpol-guard.io", decision: "undecided", findings: "undecided" },
    },
  ],
];

describeControlPlane("the API server's audit log", {}, () => {
  let plane: ControlPlane;
  const ask = ({ args, input = {} }: Request): Promise<CommandResult> =>
    plane.kubectl(args, { input: JSON.stringify(input), user: "alice" });
  const notesOfAlice = async (): Promise<readonly Note[]> =>
    (await readNotes(plane)).filter(({ user }) => user === "alice");

  beforeAll(async () => {
    plane = await startControlPlane({ audit: true, users: [{ name: "alice" }] });
    await succeed(plane, ["create", "clusterrolebinding", "alice", "--clusterrole=cluster-admin", "--user=alice"]);
    await apply(plane, namespace("bare"), namespace("tidy"));
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    return stop;
  }, BUILD_AND_START_MS);

  it.each(REQUESTS)(
    "has the decision and the rules beside who asked for %s",
    async (_what, request, noted) => {
      const before = (await notesOfAlice()).length;
      await ask(request);
      const news = async (): Promise<readonly Note[]> => (await notesOfAlice()).slice(before);
      await expect.poll(news, soon).toEqual([{ user: "alice", ...noted }]);
    },
    STEP_MS,
  );

  it(
    "has nothing of what broke no rule, nor of an exempt namespace",
    async () => {
      const before = (await notesOfAlice()).length;
      for (const input of [defaultDeny("tidy", ["Ingress"]), pod("tidy", "web"), pod("kube-system", "agent")])
        expect(await ask({ args: ["create", "-f", "-"], input })).toMatchObject({ code: 0, stderr: "" });
      await ask({ args: ["create", "-f", "-"], input: pod("bare", "last") });
      const news = async (): Promise<readonly string[]> => (await notesOfAlice()).slice(before).map(({ name }) => name);
      await expect.poll(news, soon).toEqual(["last"]);
    },
    STEP_MS,
  );
});
