import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, succeed } from "./kubectl.ts";
import { defaultDeny, namespace, pod, policy } from "./objects.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 60_000;
const soon = { timeout: 10_000, interval: 200 };

/** Lets what `tier` names out, or in, or with no tier nobody. */
const peers = (direction: "from" | "to", tier?: string): readonly object[] =>
  tier === undefined ? [] : [{ [direction]: [{ namespaceSelector: { matchLabels: { tier } } }] }];
const outOfFrontend = (tier?: string): object =>
  policy("frontend-tier", "out", { podSelector: {}, policyTypes: ["Egress"], egress: peers("to", tier) });
const intoDatabase = (tier?: string): object =>
  policy("database-tier", "in", { podSelector: {}, policyTypes: ["Ingress"], ingress: peers("from", tier) });

describeControlPlane("what the API server refuses after the guard has admitted it", { controllerManager: true }, () => {
  let plane: ControlPlane;
  const createAgain = async (object: object): Promise<void> => {
    const { stderr } = await plane.kubectl(["create", "-f", "-"], { input: JSON.stringify(object) });
    expect(stderr).toContain("(AlreadyExists)");
  };

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true });
    const stop = await guardPlane(plane, `${THREE_NAMESPACES}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${THREE_NAMESPACES}/good`]);
    return stop;
  }, BUILD_AND_START_MS);

  it(
    "does not hide the policy that is there",
    async () => {
      await apply(plane, outOfFrontend("database"));
      await createAgain(outOfFrontend());
      const input = JSON.stringify(intoDatabase("frontend"));
      const result = await plane.kubectl(["apply", "-f", "-"], { input });
      const rules = ["forbidden-path/db-not-from-frontend"];
      expect(outcomeOf(result)).toEqual({ code: 1, rules });
    },
    STEP_MS,
  );

  it(
    "does not keep a pod that is deleted",
    async () => {
      const web = pod("passing", "web");
      await apply(plane, namespace("passing"), defaultDeny("passing"), web);
      await createAgain(web);
      await succeed(plane, ["delete", "pod", "web", "-n", "passing", "--force", "--grace-period=0"]);
      const empty = (): Promise<CommandResult> =>
        plane.kubectl(["delete", "networkpolicy", "default-deny", "-n", "passing"]);
      await expect.poll(empty, soon).toMatchObject({ code: 0, stderr: "" });
    },
    STEP_MS,
  );

  it(
    "does not keep a policy that goes with its namespace",
    async () => {
      await apply(plane, namespace("again"), defaultDeny("again"));
      await createAgain(defaultDeny("again"));
      await succeed(plane, ["delete", "namespace", "again", "--timeout=60s"]);
      await apply(plane, namespace("again"));
      const result = await plane.kubectl(["apply", "-f", "-"], { input: JSON.stringify(pod("again", "web")) });
      const rules = ["require-default-deny/default-deny"];
      expect(outcomeOf(result)).toEqual({ code: 1, rules });
    },
    2 * STEP_MS,
  );
});
