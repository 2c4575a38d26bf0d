import { beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { defaultDeny, deployment, markRunning, namespace, pod, policy } from "./objects.ts";
import { BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 120_000;
const soon = { timeout: STEP_MS, interval: 200 };

const RULE = "require-default-deny/default-deny";

const held = ["networkpolicy", "default-deny", "-n", "held"];
const selected = { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Ingress", "Egress"] };
const allowing = { podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [{}] };

describeControlPlane("the default-deny of a namespace", { controllerManager: true }, () => {
  let plane: ControlPlane;
  const inNamespace = (at: string): Readonly<Record<string, readonly [string[], object?]>> => ({
    "deleting it": [["delete", "networkpolicy", "default-deny", "-n", at]],
    "deleting all there are": [["delete", "networkpolicy", "--all", "-n", at]],
    "deleting the collection": [["delete", "--raw", `/apis/networking.k8s.io/v1/namespaces/${at}/networkpolicies`]],
    "leaving pods out of its selector": [["apply", "-f", "-"], policy(at, "default-deny", selected)],
    "leaving a direction out": [["apply", "-f", "-"], defaultDeny(at, ["Ingress"])],
    "allowing all in it": [["apply", "-f", "-"], policy(at, "default-deny", allowing)],
    "allowing all beside it": [["apply", "-f", "-"], policy(at, "allow-all", allowing)],
  });
  const ways = Object.keys(inNamespace(""));
  const ask = (at: string, way: string): ReturnType<ControlPlane["kubectl"]> => {
    const [args = [], object = {}] = inNamespace(at)[way] ?? [];
    return plane.kubectl(args, { input: JSON.stringify(object) });
  };

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true });
    return guardPlane(plane, BASE_CONFIG);
  }, BUILD_AND_START_MS);

  describe("where a pod runs", () => {
    beforeAll(async () => {
      await apply(plane, namespace("busy"), defaultDeny("busy"), pod("busy", "web", { app: "web" }));
      await markRunning(plane, "busy", "web", "10.244.1.1");
    }, STEP_MS);

    it.each(ways)(
      "stays: %s is refused",
      async (way) => {
        const before = await snapshot(plane, "networkpolicies", "-n", "busy");
        const result = await ask("busy", way);
        expect(outcomeOf(result)).toEqual({ code: 1, rules: [RULE] });
        expect(await snapshot(plane, "networkpolicies", "-n", "busy")).toBe(before);
      },
      STEP_MS,
    );

    it(
      "may go while another one is there",
      async () => {
        await apply(plane, policy("busy", "second", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }));
        await succeed(plane, ["delete", "networkpolicy", "default-deny", "-n", "busy"]);
        const last = await plane.kubectl(["delete", "networkpolicy", "second", "-n", "busy"]);
        expect(outcomeOf(last)).toEqual({ code: 1, rules: [RULE] });
      },
      STEP_MS,
    );

    it(
      "may go once the pod is gone",
      async () => {
        await succeed(plane, ["delete", "pod", "web", "-n", "busy"]);
        await expect.poll(async () => (await ask("busy", "deleting it")).stderr, soon).toMatch(/not found/);
        const last = async (): Promise<number | null> =>
          (await plane.kubectl(["delete", "networkpolicy", "second", "-n", "busy"])).code;
        await expect.poll(last, soon).toBe(0);
      },
      STEP_MS,
    );
  });

  it.each(ways)(
    "is no matter where no pod is: %s passes",
    async (way) => {
      const at = `empty-${String(ways.indexOf(way))}`;
      await apply(plane, namespace(at), defaultDeny(at));
      expect(await ask(at, way)).toMatchObject({ code: 0, stderr: "" });
    },
    STEP_MS,
  );

  it(
    "goes with its namespace and everything else, one with a finalizer when that is taken away",
    async () => {
      await apply(plane, namespace("going"), defaultDeny("going"), deployment("going", "web"), pod("going", "db"));
      await apply(plane, namespace("held"), defaultDeny("held"), pod("held", "web"));
      await markRunning(plane, "going", "db", "10.244.1.2");
      await expect.poll(() => snapshot(plane, "pods", "-n", "going", "-l", "app=web"), soon).toContain("web-");
      const finalizers = (...names: readonly string[]): ReturnType<typeof succeed> => {
        const patch = JSON.stringify({ metadata: { finalizers: names } });
        return succeed(plane, ["patch", ...held, "--type=merge", "-p", patch]);
      };
      await finalizers("example.com/hold");
      await succeed(plane, ["delete", "namespace", "going", "held", "--wait=false"]);
      await expect.poll(() => snapshot(plane, ...held), soon).toContain("deletionTimestamp");
      await finalizers();
      await expect.poll(() => snapshot(plane, "namespace", "going"), soon).toBe("");
      await expect.poll(() => snapshot(plane, "namespace", "held"), soon).toBe("");
    },
    STEP_MS,
  );
});
