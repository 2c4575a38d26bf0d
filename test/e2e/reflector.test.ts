import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createReflector } from "../../src/cluster/watch/reflector.ts";
import type { ReflectorLimits } from "../../src/cluster/watch/reflector-options.ts";
import type { Reflector } from "../../src/cluster/watch/reflector-state.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";

/** Ten times what each step takes on two busy cores. */
const STEP_MS = 120_000;
const soon = { timeout: STEP_MS, interval: 100 };

/** What the test's reflectors keep of an object, and what kubectl is asked for to compare. */
const COLUMNS =
  "custom-columns=KIND:.kind,NS:.metadata.namespace,NAME:.metadata.name,VERSION:.metadata.resourceVersion";
const RESOURCES = {
  namespaces: "/api/v1/namespaces",
  pods: "/api/v1/pods",
  networkpolicies: "/apis/networking.k8s.io/v1/networkpolicies",
} as const;
type Resource = keyof typeof RESOURCES;

interface Kept {
  readonly key: string;
  readonly version: string;
}

const keep = (raw: unknown): Kept => {
  const { kind, metadata } = raw as { kind: string; metadata: Readonly<Record<string, string>> };
  const key = `${kind} ${metadata["namespace"] ?? "<none>"} ${metadata["name"] ?? ""}`;
  return { key, version: metadata["resourceVersion"] ?? "" };
};

const manifests = (...objects: readonly object[]): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
const namespace = (name: string): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
const pod = (name: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "shop", labels: { app: name } },
  spec: { containers: [{ name: "web", image: "registry.invalid/web" }] },
});
const policy = (name: string): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec: { podSelector: {}, policyTypes: ["Ingress"] },
});

describeControlPlane("reflectors of a real API server", {}, () => {
  let plane: ControlPlane;
  const running: Reflector[] = [];

  const kubectl = async (args: readonly string[], input = ""): Promise<string> => {
    const { code, stdout, stderr } = await plane.kubectl(args, { input });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };
  const follow = (
    resource: Resource,
    limits: Partial<ReflectorLimits> = {},
    user = "admin",
  ): { readonly reflector: Reflector; readonly held: Map<string, string>; readonly errors: string[] } => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(plane.kubeconfigFor(user));
    const held = new Map<string, string>();
    const errors: string[] = [];
    const reflector = createReflector<Kept>(
      kubeConfig,
      { path: RESOURCES[resource], project: keep },
      {
        replace: (items) => {
          held.clear();
          for (const { key, version } of items) held.set(key, version);
        },
        upsert: ({ key, version }) => held.set(key, version),
        remove: ({ kind, namespace: at, name }) => held.delete(`${kind} ${at === "" ? "<none>" : at} ${name}`),
        progress: () => undefined,
      },
      { limits, onError: ({ message }) => errors.push(message) },
    );
    running.push(reflector);
    reflector.start();
    return { reflector, held, errors };
  };
  const listed = async (resource: Resource): Promise<readonly string[]> => {
    const text = await kubectl(["get", resource, "-A", "--no-headers", "-o", COLUMNS]);
    return text
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [line.split(/\s+/).slice(0, 4).join(" ")]))
      .sort();
  };
  const flat = (held: ReadonlyMap<string, string>): readonly string[] =>
    [...held].map((entry) => entry.join(" ")).sort();
  const same = async (resource: Resource, held: ReadonlyMap<string, string>): Promise<void> => {
    await expect
      .poll(async () => ({ held: flat(held), listed: await listed(resource) }), soon)
      .toSatisfy(
        (both: { held: readonly string[]; listed: readonly string[] }) =>
          both.held.join("\n") === both.listed.join("\n"),
      );
  };

  beforeAll(async () => {
    plane = await startControlPlane({ users: [{ name: "alice" }] });
  }, BUILD_AND_START_MS);
  afterAll(async () => {
    await Promise.all(running.map((reflector) => reflector.stop()));
    await plane.stop();
  }, STEP_MS);

  it(
    "reads lists in pages and follows what is created, changed and deleted",
    async () => {
      await kubectl(["apply", "-f", "-"], manifests(namespace("shop")));
      await kubectl(["apply", "-f", "-"], manifests(...Array.from({ length: 10 }, (_, at) => pod(`p${String(at)}`))));
      const namespaces = follow("namespaces");
      const pods = follow("pods", { pageSize: 3 });
      const policies = follow("networkpolicies");
      await Promise.all([namespaces, pods, policies].map(({ reflector }) => reflector.waitForSync()));
      expect(flat(pods.held)).toEqual(await listed("pods"));
      await kubectl(["apply", "-f", "-"], manifests(namespace("tools"), policy("one"), policy("two"), pod("late")));
      await kubectl(["label", "pod", "-n", "shop", "--all", "tier=frontend"]);
      await kubectl(["delete", "pod,networkpolicy", "-n", "shop", "late", "one", "--now", "--ignore-not-found"]);
      await same("namespaces", namespaces.held);
      await same("pods", pods.held);
      await same("networkpolicies", policies.held);
      expect([namespaces, pods, policies].flatMap(({ errors }) => errors)).toEqual([]);
      expect(pods.reflector.state()).toMatchObject({ lists: 1, watches: 1, failures: 0 });
    },
    STEP_MS,
  );

  it(
    "catches up when the API server was killed and is there again",
    async () => {
      const policies = follow("networkpolicies");
      const pods = follow("pods");
      await Promise.all([policies, pods].map(({ reflector }) => reflector.waitForSync()));
      plane.apiServer.signal("SIGKILL");
      await expect.poll(() => pods.errors.length * policies.errors.length, soon).toBeGreaterThan(0);
      await plane.apiServer.restart();
      await kubectl(["apply", "-f", "-"], manifests(policy("three"), pod("later")));
      await kubectl(["delete", "networkpolicy", "-n", "shop", "two"]);
      await same("pods", pods.held);
      await same("networkpolicies", policies.held);
      await expect.poll(() => pods.reflector.state(), soon).toMatchObject({ phase: "watching", error: undefined });
    },
    STEP_MS,
  );

  it(
    "catches up when etcd was killed and the API server kept on",
    async () => {
      const pods = follow("pods");
      await pods.reflector.waitForSync();
      plane.etcd.signal("SIGKILL");
      await plane.etcd.restart();
      await plane.apiServer.ready();
      await kubectl(["apply", "-f", "-"], manifests(pod("after-etcd")));
      await same("pods", pods.held);
    },
    STEP_MS,
  );

  it(
    "notices an API server that is paused, and catches up when it goes on",
    async () => {
      const pods = follow("pods", { silenceMs: 5000 });
      await expect.poll(() => pods.reflector.state().phase, soon).toBe("watching");
      plane.apiServer.signal("SIGSTOP");
      try {
        await expect
          .poll(() => pods.errors, soon)
          .toContainEqual(expect.stringContaining("neither an event nor a bookmark"));
        await expect
          .poll(() => pods.errors, soon)
          .toContainEqual(expect.stringContaining("no connection to 127.0.0.1"));
      } finally {
        plane.apiServer.signal("SIGCONT");
      }
      await kubectl(["apply", "-f", "-"], manifests(pod("after-pause")));
      await same("pods", pods.held);
    },
    STEP_MS,
  );

  it(
    "says what it may not do, and goes on when it may",
    async () => {
      const policies = follow("networkpolicies", {}, "alice");
      await expect(policies.reflector.waitForSync(AbortSignal.timeout(2000))).rejects.toThrow(
        'list /apis/networking.k8s.io/v1/networkpolicies: 403 Forbidden: networkpolicies.networking.k8s.io is forbidden: User "alice" cannot list resource "networkpolicies" in API group "networking.k8s.io" at the cluster scope',
      );
      const resource = "networkpolicies.networking.k8s.io";
      await kubectl(["create", "clusterrole", "policy-reader", "--verb=list,watch", `--resource=${resource}`]);
      await kubectl(["create", "clusterrolebinding", "alice", "--clusterrole=policy-reader", "--user=alice"]);
      await policies.reflector.waitForSync();
      await same("networkpolicies", policies.held);
    },
    STEP_MS,
  );
});
