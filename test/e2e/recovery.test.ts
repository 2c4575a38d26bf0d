import { beforeAll, describe, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, succeed } from "./kubectl.ts";
import { addNodes, playNodes } from "./nodes.ts";
import { namespace, pod, podTemplate } from "./objects.ts";
import { register } from "./register.ts";
import { loggedReviews } from "./reviews.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 120_000;
/** Controllers try again at once, and then after twice as long each time. */
const soon = { timeout: 30_000, interval: 200 };

const CODES = ["require-default-deny/default-deny", "forbidden-path/db-not-from-frontend"];

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly phase: string };
}

/** A workload whose pods carry its name, and break two rules: nothing isolates them, and they get to the database. */
const workload = (kind: string, name: string, replicas: number, pool = "all"): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { namespace: "old", name },
  spec: {
    replicas,
    selector: { matchLabels: { name } },
    template: podTemplate({ name }, { nodeSelector: { pool } }),
    ...(kind === "StatefulSet" ? { serviceName: name } : {}),
  },
});

const cronJob = {
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { namespace: "old", name: "report" },
  spec: {
    schedule: "0 0 1 1 *",
    jobTemplate: { spec: { template: podTemplate({ name: "report" }, { restartPolicy: "Never" }) } },
  },
};

/** How many pods of each workload run when the guard comes. */
const RUNNING = { stateful: 1, drained: 2, scaled: 2, rolled: 2, emptied: 2, report: 1 };

describeControlPlane("violations from before the guard came", { controllerManager: true }, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  const inOld = (...args: readonly string[]): ReturnType<typeof succeed> => succeed(plane, ["-n", "old", ...args]);
  const podsOf = async (name: string): Promise<readonly Pod[]> =>
    JSON.parse((await inOld("get", "pods", "-l", `name=${name}`, "-o", "json")).stdout).items;
  const running = async (name: string): Promise<readonly string[]> =>
    (await podsOf(name))
      .filter(({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);
  const startGuarding = async (): Promise<void> => {
    const state = ["--kubeconfig", plane.kubeconfig] as const;
    guard = await startGuard({ config: `${THREE_NAMESPACES}/config.yaml`, state });
    await register(plane, guard);
  };

  /** Waits until so many pods run beside those that did before, each of them admitted with a warning. */
  const come = async (name: string, count: number, before: readonly string[]): Promise<void> => {
    const others = async (): Promise<readonly string[]> => (await running(name)).filter((own) => !before.includes(own));
    await expect.poll(others, soon).toHaveLength(count);
    for (const own of await others())
      expect(loggedReviews(guard)).toContainEqual({
        object: `Pod old/${own}`,
        decision: "allow",
        findings: CODES.map((code) => `warn ${code}`).join(", "),
      });
  };
  /** Waits until its controller reports that it can make no pod, because the guard refuses them. */
  const areRefused = async (name: string): Promise<void> => {
    const failure = "jsonpath={.status.conditions[?(@.type=='ReplicaFailure')].message}";
    const message = async (): Promise<string> => (await inOld("get", "deployment", name, "-o", failure)).stdout;
    for (const code of CODES) await expect.poll(message, soon).toContain(`[${code}]`);
    expect(await podsOf(name)).toEqual([]);
  };

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true });
    await addNodes(plane, { first: "all", second: "drained", third: "drained" });
    const stop = await playNodes(plane);
    await apply(plane, namespace("netpol-guard"), namespace("old", { tier: "frontend" }), namespace("data"));
    await apply(
      plane,
      pod("data", "db", { role: "db" }),
      workload("StatefulSet", "stateful", RUNNING.stateful),
      workload("Deployment", "drained", RUNNING.drained, "drained"),
      ...(["scaled", "rolled", "emptied"] as const).map((name) => workload("Deployment", name, RUNNING[name])),
      workload("Deployment", "idle", 0),
      cronJob,
    );
    await inOld("create", "job", "report-1", "--from=cronjob/report");
    for (const [name, count] of Object.entries(RUNNING))
      await vi.waitFor(async () => {
        expect(await running(name)).toHaveLength(count);
      }, soon);
    await startGuarding();
    return async () => {
      await guard.stop();
      await stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  describe("keep nobody from coming back, and are warned about", () => {
    it(
      "when a workload is scaled up",
      async () => {
        const before = await running("scaled");
        await inOld("scale", "deployment", "scaled", "--replicas=5");
        await come("scaled", 3, before);
      },
      STEP_MS,
    );

    it(
      "when a workload is rolled out with surplus pods",
      async () => {
        const before = await running("rolled");
        const patch = JSON.stringify({ spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } });
        await inOld("patch", "deployment", "rolled", "-p", patch);
        await inOld("rollout", "restart", "deployment", "rolled");
        await inOld("rollout", "status", "deployment", "rolled", "--timeout=60s");
        await come("rolled", 2, before);
      },
      STEP_MS,
    );

    it(
      "when the only pod of a StatefulSet is deleted",
      async () => {
        const [{ metadata: { uid } } = { metadata: { uid: "" } }] = await podsOf("stateful");
        await inOld("delete", "pod", "stateful-0");
        await come("stateful", 1, []);
        expect((await podsOf("stateful")).map(({ metadata }) => metadata.uid)).not.toContain(uid);
      },
      STEP_MS,
    );

    it(
      "when the node is drained on which all pods of a workload run",
      async () => {
        const before = await running("drained");
        await succeed(plane, ["drain", "second", "--timeout=30s"]);
        await come("drained", 2, before);
      },
      STEP_MS,
    );

    it(
      "when a CronJob starts its next pod after the last one has finished",
      async () => {
        const before = await running("report");
        const finished = JSON.stringify({ status: { phase: "Succeeded" } });
        for (const own of before) await inOld("patch", "pod", own, "--subresource=status", "-p", finished);
        await inOld("wait", "--for=condition=complete", "job/report-1", "--timeout=30s");
        await inOld("create", "job", "report-2", "--from=cronjob/report");
        await come("report", 1, before);
      },
      STEP_MS,
    );

    it(
      "when the guard is started anew while no pod of a workload runs",
      async () => {
        const before = await running("emptied");
        await inOld("scale", "deployment", "emptied", "--replicas=0");
        await expect.poll(() => podsOf("emptied"), soon).toEqual([]);
        await guard.stop();
        await startGuarding();
        await inOld("scale", "deployment", "emptied", "--replicas=2");
        await come("emptied", 2, before);
      },
      STEP_MS,
    );
  });

  it(
    "do not let in the pods of a new workload with other labels",
    async () => {
      const { stderr } = await apply(plane, workload("Deployment", "fresh", 2));
      for (const code of CODES) expect(stderr).toContain(`Warning: [${code}]`);
      await areRefused("fresh");
    },
    STEP_MS,
  );

  it(
    "are not known by a Deployment that asked for no pod",
    async () => {
      await inOld("scale", "deployment", "idle", "--replicas=1");
      await areRefused("idle");
    },
    STEP_MS,
  );
});
