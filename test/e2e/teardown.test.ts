import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Api, connect } from "./api.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, outcomeOf, succeed } from "./kubectl.ts";
import { addNodes, playNodes } from "./nodes.ts";
import { defaultDeny, deployment, namespace } from "./objects.ts";
import { register } from "./register.ts";
import { type Part, PODS, policiesOf, workloadsOf } from "./release.ts";
import { loggedReviews } from "./reviews.ts";
import { BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 120_000;
const soon = { timeout: 60_000, interval: 200 };

const RULE = "require-default-deny/default-deny";
const DEFAULT_DENY = "networkpolicy/default-deny";

const RELEASES = ["helm", "argo", "flux", "operator", "namespace"];

type Propagation = "Background" | "Foreground";

describeControlPlane("what is torn down", { controllerManager: true }, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;
  let api: Api;
  let areEnded: boolean;
  let seen = 0;

  /** Deletes one object after another without waiting, as installers do; the codes of the answers. */
  const remove = async (parts: readonly Part[], propagationPolicy: Propagation): Promise<readonly number[]> => {
    const codes: number[] = [];
    for (const { path } of parts) codes.push((await api.send("DELETE", path, { propagationPolicy })).code);
    return codes;
  };
  const left = async (at: string): Promise<readonly string[]> => {
    const kinds = "cronjobs,jobs,statefulsets,deployments,replicasets,networkpolicies,pods";
    const { stdout } = await succeed(plane, ["get", kinds, "-n", at, "-o", "name"]);
    return stdout.split("\n").filter((line) => line !== "");
  };
  /** Lets the containers end at last, and waits until nothing is left. */
  const isGone = async (at: string): Promise<void> => {
    areEnded = true;
    await expect.poll(() => left(at), soon).toEqual([]);
  };
  /** Makes objects of a namespace belong to one of them. */
  const own = async (
    at: string,
    owner: readonly [apiVersion: string, kind: string, name: string],
    owned: readonly string[],
    uid?: string,
  ): Promise<void> => {
    const [apiVersion, kind, name] = owner;
    const live = await succeed(plane, [
      "get",
      kind,
      name,
      "-n",
      at,
      "--ignore-not-found",
      "-o",
      "jsonpath={.metadata.uid}",
    ]);
    const ownerReferences = [{ apiVersion, kind, name, uid: uid ?? live.stdout }];
    const patch = JSON.stringify({ metadata: { ownerReferences } });
    for (const what of owned) await succeed(plane, ["patch", what, "-n", at, "--type=merge", "-p", patch]);
  };
  /** What was refused since the test began. */
  const refused = (): readonly string[] =>
    loggedReviews(guard)
      .slice(seen)
      .filter(({ decision }) => decision !== "allow")
      .map(({ object }) => object);

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true });
    await addNodes(plane, { worker: "all" });
    const stop = await playNodes(plane, { areEnded: () => areEnded });
    api = await connect(plane);
    for (const at of RELEASES)
      await apply(plane, namespace(at), ...[...policiesOf(at), ...workloadsOf(at)].map(({ object }) => object));
    for (const at of ["owned", "idle", "forged"])
      await apply(plane, namespace(at), defaultDeny(at), deployment(at, "web"));
    const running = async (): Promise<void> => {
      const { stdout } = await succeed(plane, ["get", "pods", "-A", "--no-headers"]);
      expect(stdout.match(/ Running /g)).toHaveLength(RELEASES.length * PODS + 3);
    };
    await vi.waitFor(running, soon);
    guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
    return async () => {
      await stop();
      api.close();
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  beforeEach(() => {
    areEnded = false;
    seen = loggedReviews(guard).length;
  });

  it(
    "is refused nothing by an uninstall in Helm's order, while containers still end",
    async () => {
      const codes = await remove([...workloadsOf("helm"), ...policiesOf("helm")], "Background");
      expect(codes).toEqual([200, 200, 200, 200, 200, 200]);
      expect((await left("helm")).filter((name) => name.startsWith("pod/"))).toHaveLength(PODS);
      await isGone("helm");
      expect(refused()).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "is refused nothing by a prune in Argo CD's order, while workloads wait for their pods",
    async () => {
      const codes = await remove([...workloadsOf("argo"), ...policiesOf("argo")], "Foreground");
      expect(codes).toEqual([200, 200, 200, 200, 200, 200]);
      expect(await left("argo")).toContain("deployment.apps/web");
      await isGone("argo");
      expect(refused()).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "is refused its default-deny alone by a prune in Flux's order, and loses it in the next round",
    async () => {
      // Kinds that Flux does not know go first (https://github.com/fluxcd/pkg/tree/main/ssa).
      const order = [...policiesOf("flux"), ...workloadsOf("flux")];
      expect(await remove(order, "Background")).toEqual([403, 200, 200, 200, 200, 200]);
      expect(await remove(order, "Background")).toEqual([200, 404, 404, 404, 404, 404]);
      await isGone("flux");
      expect(refused()).toEqual(["NetworkPolicy flux/default-deny"]);
    },
    STEP_MS,
  );

  it(
    "is refused nothing by the garbage collector where the default-deny belongs to the workload",
    async () => {
      await own("owned", ["apps/v1", "Deployment", "web"], [DEFAULT_DENY]);
      await succeed(plane, ["delete", "deployment", "web", "-n", "owned", "--wait=false"]);
      await expect.poll(() => left("owned"), soon).toEqual([expect.stringMatching(/^pod\//)]);
      await isGone("owned");
      expect(refused()).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "goes with what all of it belongs to, the default-deny when the workloads are gone",
    async () => {
      await succeed(plane, ["create", "configmap", "release", "-n", "operator"]);
      const owned = (await left("operator")).filter((name) => !/^(pod|replicaset)/.test(name));
      await own("operator", ["v1", "ConfigMap", "release"], owned);
      await succeed(plane, ["delete", "configmap", "release", "-n", "operator"]);
      await isGone("operator");
      expect(refused().filter((object) => object !== "NetworkPolicy operator/default-deny")).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "is refused nothing when its namespace is deleted",
    async () => {
      await succeed(plane, ["delete", "namespace", "namespace", "--wait=false"]);
      await isGone("namespace");
      const gone = async (): Promise<string> => (await succeed(plane, ["get", "namespaces", "-o", "name"])).stdout;
      await expect.poll(gone, soon).not.toContain("namespace/namespace\n");
      expect(refused()).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "keeps its default-deny while a workload is there, though it asks for no pod",
    async () => {
      await succeed(plane, ["scale", "deployment", "web", "-n", "idle", "--replicas=0"]);
      areEnded = true;
      await expect.poll(() => left("idle"), soon).not.toContainEqual(expect.stringMatching(/^pod\//));
      const result = await plane.kubectl(["delete", DEFAULT_DENY, "-n", "idle"]);
      expect(outcomeOf(result)).toEqual({ code: 1, rules: [RULE] });
    },
    STEP_MS,
  );

  it(
    "keeps its default-deny beside live pods, though the garbage collector takes its owner for gone",
    async () => {
      await own("forged", ["v1", "ConfigMap", "never-was"], [DEFAULT_DENY], randomUUID());
      await expect.poll(refused, soon).toContain("NetworkPolicy forged/default-deny");
      expect(await left("forged")).toContain("networkpolicy.networking.k8s.io/default-deny");
    },
    STEP_MS,
  );
});
