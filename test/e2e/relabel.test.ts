import { beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { startGuard } from "./guard-process.ts";
import { refusedBy, snapshot, succeed } from "./kubectl.ts";
import { markRunning } from "./objects.ts";
import { register } from "./register.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 120_000;

const FRONTEND = ["pod", "frontend", "-n", "prod"];
const STAGING = ["namespace", "staging"];

/** The labels with which each gets into the database. */
const INTO_POD = { role: "backend" };
const INTO_NAMESPACE = { name: "prod" };

const labels = (values: Readonly<Record<string, string>>): string => JSON.stringify({ metadata: { labels: values } });
const assigned = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).map(([key, value]) => `${key}=${value}`);

describeControlPlane("a label", {}, () => {
  let plane: ControlPlane;

  const label = (what: readonly string[], values: Readonly<Record<string, string>>): Promise<CommandResult> =>
    plane.kubectl(["label", "--overwrite", ...what, ...assigned(values)]);
  const status = (what: readonly string[], values: Readonly<Record<string, string>>): Promise<CommandResult> =>
    plane.kubectl(["patch", ...what, "--subresource=status", "--type=merge", "-p", labels(values)]);
  const finalize = async (values: Readonly<Record<string, string>>): Promise<CommandResult> => {
    const found = JSON.parse(await snapshot(plane, ...STAGING));
    const { metadata } = found;
    const input = JSON.stringify({ ...found, metadata: { ...metadata, labels: { ...metadata.labels, ...values } } });
    return plane.kubectl(["replace", "--raw", "/api/v1/namespaces/staging/finalize", "-f", "-"], { input });
  };
  const bind = (values: Readonly<Record<string, string>>, resource: string): Promise<CommandResult> => {
    const input = JSON.stringify({
      apiVersion: "v1",
      kind: "Binding",
      metadata: { namespace: "prod", name: "frontend", labels: values },
      target: { apiVersion: "v1", kind: "Node", name: "worker" },
    });
    return plane.kubectl(["create", "--raw", `/api/v1/namespaces/prod/${resource}`, "-f", "-"], { input });
  };

  const PATHS: readonly {
    readonly way: string;
    readonly what: readonly string[];
    readonly rule: string;
    readonly into: () => Promise<CommandResult>;
    readonly unrelated: () => Promise<CommandResult>;
  }[] = [
    {
      way: "a pod",
      what: FRONTEND,
      rule: "db-not-from-frontend",
      into: () => label(FRONTEND, INTO_POD),
      unrelated: () => label(FRONTEND, { note: "pods" }),
    },
    {
      way: "pods/status",
      what: FRONTEND,
      rule: "db-not-from-frontend",
      into: () => status(FRONTEND, INTO_POD),
      unrelated: () => status(FRONTEND, { note: "status" }),
    },
    {
      way: "a namespace",
      what: STAGING,
      rule: "db-not-from-staging",
      into: () => label(STAGING, INTO_NAMESPACE),
      unrelated: () => label(STAGING, { note: "namespaces" }),
    },
    {
      way: "namespaces/status",
      what: STAGING,
      rule: "db-not-from-staging",
      into: () => status(STAGING, INTO_NAMESPACE),
      unrelated: () => status(STAGING, { note: "status" }),
    },
    {
      way: "namespaces/finalize",
      what: STAGING,
      rule: "db-not-from-staging",
      into: () => finalize(INTO_NAMESPACE),
      unrelated: () => finalize({ note: "finalize" }),
    },
    // The last two: a pod is bound once.
    {
      way: "bindings",
      what: FRONTEND,
      rule: "db-not-from-frontend",
      into: () => bind(INTO_POD, "bindings"),
      unrelated: () => Promise.resolve({ code: 0, stdout: "", stderr: "" }),
    },
    {
      way: "pods/binding",
      what: FRONTEND,
      rule: "db-not-from-frontend",
      into: () => bind(INTO_POD, "pods/frontend/binding"),
      unrelated: () => bind({ note: "binding" }, "pods/frontend/binding"),
    },
  ];

  beforeAll(async () => {
    plane = await startControlPlane();
    const guard = await startGuard({ config: `${AND_OR}/config.yaml`, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await markRunning(plane, "prod", "frontend", "10.244.2.1");
    await markRunning(plane, "staging", "backend", "10.244.2.2");
    return async () => {
      console.log(guard.stderr());
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  describe.each(PATHS)("set through $way", ({ what, rule, into, unrelated }) => {
    it(
      "is refused where it opens a path",
      async () => {
        const before = await snapshot(plane, ...what);
        const result = await into();
        expect({ code: result.code, rules: refusedBy(result) }).toEqual({ code: 1, rules: [`forbidden-path/${rule}`] });
        expect(await snapshot(plane, ...what)).toBe(before);
      },
      STEP_MS,
    );

    it(
      "passes where no selector looks at it",
      async () => {
        expect(await unrelated()).toMatchObject({ code: 0, stderr: "" });
      },
      STEP_MS,
    );
  });
});
