import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "./start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "./suite.ts";

/** Ten times what each step takes on two busy cores. */
const STEP_MS = 60_000;
const soon = { timeout: STEP_MS, interval: 200 };

const deployment = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "registry.invalid/web" }] },
    },
  },
});

describeControlPlane("a control plane", { controllerManager: true }, () => {
  let plane: ControlPlane;
  const kubectl = async (args: readonly string[], input = ""): Promise<string> => {
    const { code, stdout, stderr } = await plane.kubectl(args, { input });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return stdout.trim();
  };
  const pods = async (field: string): Promise<readonly string[]> => {
    const list = await kubectl(["get", "pods", "-n", "shop", "-l", "app=web", "-o", `jsonpath={.items[*]${field}}`]);
    return list.split(" ").filter((word) => word !== "");
  };

  beforeAll(async () => {
    plane = await startControlPlane({
      controllerManager: true,
      audit: true,
      users: [{ name: "alice", groups: ["developers"] }],
    });
    return async () => {
      await plane.stop();
      expect(existsSync(plane.kubeconfig)).toBe(false);
    };
  }, BUILD_AND_START_MS);

  it(
    "makes the pods of a Deployment",
    async () => {
      await kubectl(["create", "namespace", "shop"]);
      await kubectl(["apply", "-f", "-"], deployment);
      await expect.poll(() => pods(".metadata.name"), soon).toHaveLength(2);
    },
    STEP_MS,
  );

  it(
    "lets a test play the kubelet",
    async () => {
      for (const [index, name] of (await pods(".metadata.name")).entries()) {
        const ip = `10.244.0.${String(index + 1)}`;
        const status = JSON.stringify({ status: { phase: "Running", podIP: ip, podIPs: [{ ip }] } });
        await kubectl(["patch", "pod", name, "-n", "shop", "--subresource=status", "--type=merge", "-p", status]);
      }
      expect(await pods(".status.phase")).toEqual(["Running", "Running"]);
      expect(await pods(".status.podIP")).toEqual(["10.244.0.1", "10.244.0.2"]);
    },
    STEP_MS,
  );

  it(
    "gives a user the rights that RBAC gives",
    async () => {
      const denied = await plane.kubectl(["get", "pods", "-n", "shop"], { user: "alice" });
      expect(denied.code).toBe(1);
      expect(denied.stderr).toContain('User "alice" cannot list resource "pods"');
      await kubectl(["create", "rolebinding", "see", "-n", "shop", "--clusterrole=view", "--group=developers"]);
      const allowed = async (): Promise<number | null> =>
        (await plane.kubectl(["get", "pods", "-n", "shop"], { user: "alice" })).code;
      await expect.poll(allowed, soon).toBe(0);
    },
    STEP_MS,
  );

  it(
    "keeps its state when etcd and the API server crash",
    async () => {
      const before = [plane.etcd.pid, plane.apiServer.pid];
      for (const server of [plane.apiServer, plane.etcd]) server.signal("SIGKILL");
      await plane.etcd.restart();
      await plane.apiServer.restart();
      expect([plane.etcd.pid, plane.apiServer.pid]).not.toEqual(before);
      expect(await pods(".status.phase")).toEqual(["Running", "Running"]);
    },
    STEP_MS,
  );

  it(
    "ends a namespace",
    async () => {
      await kubectl(["delete", "namespace", "shop", "--wait=false"]);
      const left = (): Promise<string> => kubectl(["get", "namespace", "shop", "--ignore-not-found", "-o", "name"]);
      await expect.poll(left, soon).toBe("");
    },
    STEP_MS,
  );

  it("logs who did what", () => {
    const log = readFileSync(plane.auditLog ?? "", "utf8");
    expect(log).toContain('"username":"system:serviceaccount:kube-system:replicaset-controller"');
    expect(log).toContain('"authorization.k8s.io/decision":"forbid"');
  });
});
