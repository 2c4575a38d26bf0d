import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createReflector } from "../../src/cluster/watch/reflector.ts";
import type { ReflectorLimits } from "../../src/cluster/watch/reflector-options.ts";
import type { Reflector } from "../../src/cluster/watch/reflector-state.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { apply, succeed } from "./kubectl.ts";
import { namespace, pod, policy } from "./objects.ts";

/** Ten times what each step takes on two busy cores. */
const STEP_MS = 120_000;
const soon = { timeout: STEP_MS, interval: 100 };

/** The same of each object as the reflectors keep. */
const COLUMNS =
  "custom-columns=KIND:.kind,NS:.metadata.namespace,NAME:.metadata.name,VERSION:.metadata.resourceVersion";
const PATHS = {
  namespaces: "/api/v1/namespaces",
  pods: "/api/v1/pods",
  networkpolicies: "/apis/networking.k8s.io/v1/networkpolicies",
} as const;
type Resource = keyof typeof PATHS;

interface Followed {
  readonly reflector: Reflector;
  /** Resource versions by kind, namespace and name. */
  readonly held: ReadonlyMap<string, string>;
  readonly errors: readonly string[];
}

const keyOf = (kind: string, at: string, name: string): string => [kind, at === "" ? "<none>" : at, name].join(" ");

const keep = (raw: unknown): readonly [string, string] => {
  type Metadata = { readonly namespace?: string; readonly name: string; readonly resourceVersion: string };
  const { kind, metadata } = raw as { readonly kind: string; readonly metadata: Metadata };
  return [keyOf(kind, metadata.namespace ?? "", metadata.name), metadata.resourceVersion];
};

describeControlPlane("reflectors of a real API server", {}, () => {
  let plane: ControlPlane;
  const running: Reflector[] = [];

  const follow = (resource: Resource, limits: Partial<ReflectorLimits> = {}, user = "admin"): Followed => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(plane.kubeconfigFor(user));
    const held = new Map<string, string>();
    const errors: string[] = [];
    const reflector = createReflector<readonly [string, string]>(
      kubeConfig,
      { path: PATHS[resource], project: keep },
      {
        replace: (items) => {
          held.clear();
          for (const [key, version] of items) held.set(key, version);
        },
        upsert: ([key, version]) => held.set(key, version),
        remove: ({ kind, namespace: at, name }) => held.delete(keyOf(kind, at, name)),
        progress: () => undefined,
      },
      { limits, onError: ({ message }) => errors.push(message) },
    );
    running.push(reflector);
    reflector.start();
    return { reflector, held, errors };
  };
  const listed = async (resource: Resource): Promise<readonly string[]> => {
    const { stdout } = await succeed(plane, ["get", resource, "-A", "--no-headers", "-o", COLUMNS]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => line.trim().split(/\s+/).join(" ")).sort();
  };
  const holdsAll = (resource: Resource, { held }: Followed): Promise<void> =>
    expect
      .poll(async () => {
        const there = await listed(resource);
        return (
          [...held]
            .map((entry) => entry.join(" "))
            .sort()
            .join("\n") === there.join("\n")
        );
      }, soon)
      .toBe(true);
  const create = (...objects: readonly object[]): Promise<unknown> => apply(plane, ...objects);
  const isolating = (name: string): object => policy("shop", name, { podSelector: {} });

  beforeAll(async () => {
    plane = await startControlPlane({ users: [{ name: "alice" }] });
    await create(namespace("shop"));
  }, BUILD_AND_START_MS);
  afterAll(async () => {
    await Promise.all(running.map((reflector) => reflector.stop()));
    await plane.stop();
  }, STEP_MS);

  it("read lists in pages and follow what is created, changed and deleted", { timeout: STEP_MS }, async () => {
    await create(...Array.from({ length: 10 }, (_, at) => pod("shop", `p${String(at)}`)));
    const namespaces = follow("namespaces");
    const pods = follow("pods", { pageSize: 3 });
    const policies = follow("networkpolicies");
    await Promise.all([namespaces, pods, policies].map(({ reflector }) => reflector.waitForSync()));
    expect(pods.held.size).toBe(10);
    await create(namespace("tools"), isolating("one"), isolating("two"), pod("shop", "late"));
    await succeed(plane, ["label", "pod", "-n", "shop", "--all", "tier=frontend"]);
    await succeed(plane, ["delete", "pod", "-n", "shop", "p0", "late", "--now"]);
    await succeed(plane, ["delete", "networkpolicy", "-n", "shop", "one"]);
    await holdsAll("namespaces", namespaces);
    await holdsAll("pods", pods);
    await holdsAll("networkpolicies", policies);
    expect([namespaces, pods, policies].flatMap(({ errors }) => errors)).toEqual([]);
    expect(pods.reflector.state()).toMatchObject({ lists: 1, watches: 1, failures: 0 });
  });

  it("catch up when the API server was killed and is there again", { timeout: STEP_MS }, async () => {
    const policies = follow("networkpolicies");
    const pods = follow("pods");
    await Promise.all([policies, pods].map(({ reflector }) => reflector.waitForSync()));
    plane.apiServer.signal("SIGKILL");
    await expect.poll(() => Math.min(pods.errors.length, policies.errors.length), soon).toBeGreaterThan(0);
    await plane.apiServer.restart();
    await create(isolating("three"), pod("shop", "later"));
    await succeed(plane, ["delete", "networkpolicy", "-n", "shop", "two"]);
    await holdsAll("pods", pods);
    await holdsAll("networkpolicies", policies);
    await expect.poll(() => pods.reflector.state(), soon).toMatchObject({ phase: "watching", error: undefined });
  });

  it("catch up when etcd was killed and the API server kept on", { timeout: STEP_MS }, async () => {
    const pods = follow("pods");
    await pods.reflector.waitForSync();
    plane.etcd.signal("SIGKILL");
    await plane.etcd.restart();
    await plane.apiServer.ready();
    await create(pod("shop", "after-etcd"));
    await holdsAll("pods", pods);
  });

  it("notice an API server that is paused, and catch up when it goes on", { timeout: STEP_MS }, async () => {
    const pods = follow("pods", { silenceMs: 5000 });
    await expect.poll(() => pods.reflector.state().phase, soon).toBe("watching");
    plane.apiServer.signal("SIGSTOP");
    for (const said of ["neither an event nor a bookmark within 5 s", "no connection to 127.0.0.1"])
      await expect.poll(() => pods.errors.join("\n"), soon).toContain(said);
    plane.apiServer.signal("SIGCONT");
    await create(pod("shop", "after-pause"));
    await holdsAll("pods", pods);
  });

  it("say what they may not do, and go on when they may", { timeout: STEP_MS }, async () => {
    const policies = follow("networkpolicies", {}, "alice");
    await expect(policies.reflector.waitForSync(AbortSignal.timeout(2000))).rejects.toThrow(
      'list /apis/networking.k8s.io/v1/networkpolicies: 403 Forbidden: networkpolicies.networking.k8s.io is forbidden: User "alice" cannot list resource "networkpolicies" in API group "networking.k8s.io" at the cluster scope',
    );
    const resource = "networkpolicies.networking.k8s.io";
    await succeed(plane, ["create", "clusterrole", "reader", "--verb=list,watch", `--resource=${resource}`]);
    await succeed(plane, ["create", "clusterrolebinding", "alice", "--clusterrole=reader", "--user=alice"]);
    await policies.reflector.waitForSync();
    await holdsAll("networkpolicies", policies);
  });
});
