import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { until } from "../control-plane/until.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, outcomeOf, succeed, warningsOf } from "./kubectl.ts";
import { markRunning, namespace, pod } from "./objects.ts";
import { register } from "./register.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 120_000;

const DEFAULT_DENY = "require-default-deny/default-deny";
const PATH = "forbidden-path/db-not-from-frontend";
const web = { app: "web" };
const db = { role: "db" };

describeControlPlane("what running pods had", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  const start = async (): Promise<void> => {
    guard = await startGuard({ config: `${THREE_NAMESPACES}/config.yaml`, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
  };

  const remove = (at: string, name: string) =>
    succeed(plane, ["delete", "pod", name, "-n", at, "--grace-period=0", "--force"]);

  const create = (object: object) => plane.kubectl(["create", "-f", "-"], { input: JSON.stringify(object) });

  const kept = async (): Promise<string> =>
    (
      await succeed(plane, [
        ...["get", "configmap", "netpol-guard-known", "-n", "netpol-guard"],
        ...["--ignore-not-found", "-o", "jsonpath={.data.violations}"],
      ])
    ).stdout;

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(
      plane,
      namespace("netpol-guard"),
      namespace("old", { tier: "frontend" }),
      namespace("old-data"),
      pod("old", "web-0", web),
      pod("old-data", "db-0", db),
    );
    await markRunning(plane, "old", "web-0", "10.244.3.1");
    await start();
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "is kept in the guard's own namespace",
    async () => {
      expect(await until(async () => (await kept()) !== "", 30_000)).toBe(true);
    },
    STEP_MS,
  );

  it(
    "is a warning for a pod that comes again when all of its identity are gone, after a restart of the guard too",
    async () => {
      await remove("old", "web-0");
      await guard.stop();
      await start();
      const again = await create(pod("old", "web-0", web));
      expect(again).toMatchObject({ code: 0, stdout: "pod/web-0 created\n" });
      const codes = warningsOf(again).map((text) => text.slice(0, text.indexOf("]") + 1));
      expect(codes).toEqual([`[${DEFAULT_DENY}]`, `[${DEFAULT_DENY}]`, `[${PATH}]`]);
    },
    STEP_MS,
  );

  it(
    "is no excuse for other labels",
    async () => {
      const other = await create(pod("old", "web-1", { ...web, track: "canary" }));
      expect(outcomeOf(other)).toEqual({ code: 1, rules: [PATH, DEFAULT_DENY] });
    },
    STEP_MS,
  );

  it(
    "is nothing for a pod that never ran",
    async () => {
      await remove("old-data", "db-0");
      const never = await create(pod("old-data", "db-0", db));
      const { code, rules } = outcomeOf(never);
      expect(code).toBe(1);
      expect(rules).toContain(PATH);
    },
    STEP_MS,
  );
});
