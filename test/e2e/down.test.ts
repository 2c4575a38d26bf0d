import { beforeAll, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Api, connect } from "./api.ts";
import { startGuard } from "./guard-process.ts";
import { apply, snapshot, succeed } from "./kubectl.ts";
import { addNodes, kubeletOf, playNodes, SCHEDULER } from "./nodes.ts";
import { defaultDeny, deployment, namespace, pod, policy } from "./objects.ts";
import { register } from "./register.ts";
import { BASE, BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 120_000;
const soon = { timeout: 60_000, interval: 200 };

/** The guard's own objects, but for its registration. */
const OWN = ["priority-class", "namespace", "service-account", "rbac", "deployment", "network-policies"];

const KUBELET = ["--as", kubeletOf("worker").user, "--as-group", "system:nodes"];
const CREATE = ["create", "-f", "-"];

/** A binding as the scheduler sends it where nodes have a zone. */
const binding = (name: string): object => ({
  apiVersion: "v1",
  kind: "Binding",
  metadata: { namespace: "shop", name, labels: { "topology.kubernetes.io/zone": "a" } },
  target: { apiVersion: "v1", kind: "Node", name: "worker" },
});
const bind = (name: string): readonly string[] => [
  ...["create", "--raw", `/api/v1/namespaces/shop/pods/${name}/binding`, "-f", "-"],
];
const lease = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { namespace: "kube-node-lease", name: "worker" },
};
interface Request {
  readonly what: string;
  readonly args: readonly string[];
  readonly input?: object;
}

/** What kubelets report of themselves and of their pods. */
const REPORTS = ["/api/v1/nodes/worker/status", "/api/v1/namespaces/shop/pods/alone/status"];
const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };

const GOES_ON: readonly Request[] = [
  { what: "a node's heartbeat", args: [...KUBELET, ...CREATE], input: lease },
  {
    what: "scheduling, labels and all",
    args: ["--as", SCHEDULER.user, ...bind("unbound")],
    input: binding("unbound"),
  },
  { what: "a new pod", args: CREATE, input: pod("shop", "new") },
  { what: "the end of a pod", args: ["delete", "pod", "alone", "-n", "shop"] },
  { what: "the number of a workload's pods", args: ["scale", "deployment", "web", "-n", "shop", "--replicas=2"] },
  { what: "an annotation of a namespace", args: ["annotate", "namespace", "shop", "note=mine"] },
  { what: "the network plug-in's own workload", args: CREATE, input: deployment("kube-system", "plug-in") },
];

const REFUSED: readonly (Request & { readonly entry: string })[] = [
  { entry: "policies", what: "a new policy", args: CREATE, input: policy("shop", "new", { podSelector: {} }) },
  {
    entry: "policies",
    what: "a change of a policy",
    args: ["apply", "-f", "-"],
    input: defaultDeny("shop", ["Ingress"]),
  },
  {
    entry: "policies",
    what: "the end of a policy",
    args: ["delete", "networkpolicy", "default-deny", "-n", "shop"],
  },
  { entry: "workloads", what: "a new workload", args: CREATE, input: deployment("shop", "new") },
  { entry: "labels", what: "a label of a namespace", args: ["label", "namespace", "shop", "tier=frontend"] },
  { entry: "labels", what: "a new namespace", args: ["create", "namespace", "late"] },
  { entry: "labels", what: "somebody else's binding", args: bind("stray"), input: binding("stray") },
];

describeControlPlane("while no guard answers", { controllerManager: true }, () => {
  let plane: ControlPlane;
  let api: Api;
  const ask = (args: readonly string[], input: object = {}): ReturnType<ControlPlane["kubectl"]> =>
    plane.kubectl(args, { input: JSON.stringify(input) });
  const running = async (at: string): Promise<readonly string[]> => {
    const { stdout } = await succeed(plane, ["get", "pods", "-n", at, "--no-headers"]);
    return [...stdout.matchAll(/^(\S+) .* Running /gm)].map(([, name = ""]) => name);
  };
  const left = (at: string): Promise<string> => snapshot(plane, "namespace", at);

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true });
    await addNodes(plane, { worker: "all" });
    const stop = await playNodes(plane);
    api = await connect(plane);
    await succeed(plane, ["apply", ...OWN.flatMap((name) => ["-f", `${BASE}/${name}.yaml`])]);
    for (const at of ["shop", "going"]) await apply(plane, namespace(at), defaultDeny(at), deployment(at, "web"));
    const nowhere = { nodeSelector: { pool: "none" } };
    await apply(plane, pod("shop", "alone"), ...["unbound", "stray"].map((name) => pod("shop", name, {}, nowhere)));
    const guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
    await vi.waitFor(async () => {
      const counts = await Promise.all(["netpol-guard", "shop", "going"].map(async (at) => (await running(at)).length));
      expect(counts).toEqual([2, 2, 1]);
    }, soon);
    await guard.stop();
    return async () => {
      await stop();
      api.close();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it.each(REFUSED)(
    "this is refused: $what",
    async ({ entry, args, input }) => {
      const before = await snapshot(plane, "networkpolicies,deployments", "-n", "shop");
      const { code, stderr } = await ask(args, input);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining(`failed calling webhook "${entry}.netpol-guard.io"`),
      });
      expect(await snapshot(plane, "networkpolicies,deployments", "-n", "shop")).toBe(before);
    },
    STEP_MS,
  );

  it.each(REPORTS)(
    "kubelets report: %s",
    async (path) => {
      expect(await api.send("PATCH", path, ready, kubeletOf("worker"))).toMatchObject({ code: 200 });
    },
    STEP_MS,
  );

  it.each(GOES_ON)(
    "this goes on: $what",
    async ({ args, input }) => {
      expect(await ask(args, input)).toMatchObject({ code: 0, stderr: "" });
    },
    STEP_MS,
  );

  it(
    "controllers bring the pods that are missing",
    async () => {
      const web = async (): Promise<readonly string[]> =>
        (await running("shop")).filter((name) => name.startsWith("web-"));
      await expect.poll(web, soon).toHaveLength(2);
      await succeed(plane, ["delete", "pod", "-n", "shop", "-l", "app=web"]);
      await expect.poll(web, soon).toHaveLength(2);
    },
    STEP_MS,
  );

  it(
    "the guard itself comes back, its policies and its workload with it",
    async () => {
      const before = await running("netpol-guard");
      await succeed(plane, ["delete", "deployment,networkpolicy", "--all", "-n", "netpol-guard"]);
      await expect.poll(() => running("netpol-guard"), soon).toEqual([]);
      await succeed(plane, ["apply", ...OWN.flatMap((name) => ["-f", `${BASE}/${name}.yaml`])]);
      await expect.poll(() => running("netpol-guard"), soon).toHaveLength(before.length);
    },
    STEP_MS,
  );

  it(
    "a namespace goes with all that is in it",
    async () => {
      await succeed(plane, ["delete", "namespace", "going", "--wait=false"]);
      await expect.poll(() => left("going"), soon).toBe("");
    },
    STEP_MS,
  );

  it(
    "the registration can be deleted, and then all passes",
    async () => {
      await succeed(plane, ["delete", "validatingwebhookconfiguration", "netpol-guard"]);
      const input = policy("shop", "free", { podSelector: {} });
      await expect.poll(() => ask(["apply", "-f", "-"], input), soon).toMatchObject({ code: 0 });
    },
    STEP_MS,
  );
});
