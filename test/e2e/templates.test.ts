import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot, succeed, warningsOf } from "./kubectl.ts";
import { namespace, podTemplate, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 60_000;

const PATH = "forbidden-path/db-not-from-frontend";

type Labels = Readonly<Record<string, string>>;

const app = { app: "web" };
const selector = { matchLabels: app };

interface WorkloadKind {
  readonly apiVersion: string;
  readonly name: string;
  readonly specOf: (labels: Labels) => object;
}

const once = { restartPolicy: "Never" };

/** Specs of workloads whose pods have these labels. Only the template of a Job can never be changed. */
const KINDS: readonly WorkloadKind[] = [
  { apiVersion: "apps/v1", name: "Deployment", specOf: (labels) => ({ selector, template: podTemplate(labels) }) },
  {
    apiVersion: "apps/v1",
    name: "StatefulSet",
    specOf: (labels) => ({ selector, serviceName: "web", template: podTemplate(labels) }),
  },
  { apiVersion: "apps/v1", name: "DaemonSet", specOf: (labels) => ({ selector, template: podTemplate(labels) }) },
  { apiVersion: "apps/v1", name: "ReplicaSet", specOf: (labels) => ({ selector, template: podTemplate(labels) }) },
  {
    apiVersion: "v1",
    name: "ReplicationController",
    specOf: (labels) => ({ selector: app, template: podTemplate(labels) }),
  },
  { apiVersion: "batch/v1", name: "Job", specOf: (labels) => ({ template: podTemplate(labels, once) }) },
  {
    apiVersion: "batch/v1",
    name: "CronJob",
    specOf: (labels) => ({ schedule: "0 0 1 1 *", jobTemplate: { spec: { template: podTemplate(labels, once) } } }),
  },
];

const harmless = { tier: "frontend" };
const inDatabase = { tier: "frontend", role: "backend" };

/** Lets everybody in prod out to everybody, so that no policy still to come could close the path that another opens. */
const outOfProd = policy("prod", "out", {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [{ to: [{ namespaceSelector: {} }] }],
});

describeControlPlane("a workload", {}, () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await apply(plane, outOfProd, namespace("bare"));
    return stop;
  }, BUILD_AND_START_MS);

  const send = (verb: string, kind: WorkloadKind, at: string, labels: Labels): Promise<CommandResult> => {
    const { apiVersion, name, specOf } = kind;
    const object = {
      apiVersion,
      kind: name,
      metadata: { namespace: at, name: "web" },
      spec: specOf({ ...app, ...labels }),
    };
    return plane.kubectl([verb, "-f", "-"], { input: JSON.stringify(object) });
  };
  const found = ({ name }: WorkloadKind): Promise<string> => snapshot(plane, name, "web", "-n", "prod");

  it.each(KINDS)(
    "is refused where its pods would open a path: $name",
    async (kind) => {
      expect(outcomeOf(await send("create", kind, "prod", inDatabase))).toEqual({ code: 1, rules: [PATH] });
      expect(await found(kind)).toBe("");
    },
    STEP_MS,
  );

  it.each(KINDS.filter(({ name }) => name !== "Job"))(
    "is refused where its next pods would: $name",
    async (kind) => {
      expect(await send("apply", kind, "prod", harmless)).toMatchObject({ code: 0, stderr: "" });
      const before = await found(kind);
      expect(outcomeOf(await send("apply", kind, "prod", inDatabase))).toEqual({ code: 1, rules: [PATH] });
      expect(await found(kind)).toBe(before);
    },
    STEP_MS,
  );

  it.each(KINDS)(
    "is warned about where its pods would lack a default-deny that can still come: $name",
    async (kind) => {
      const result = await send("create", kind, "bare", {});
      expect(result.code).toBe(0);
      expect(warningsOf(result)).toEqual([
        `[require-default-deny/default-deny] ${kind.name} bare/web would run in namespace bare, which has no default-deny for ingress`,
      ]);
    },
    STEP_MS,
  );
});
