import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { markRunning, pod, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 60_000;

const PATH = "forbidden-path/db-not-from-frontend";
const HELD = ["example.com/hold"];

/** Lets pods of prod with these labels into the database. */
const intoDatabase = (matchLabels: object): object => ({
  podSelector: { matchLabels: { role: "db" } },
  policyTypes: ["Ingress"],
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: "prod" } }, podSelector: { matchLabels } }] }],
});
/** Lets everybody in prod out to everybody, so that no policy still to come could close the path that another opens. */
const outOfProd = { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ namespaceSelector: {} }] }] };

interface Ending {
  readonly what: readonly [kind: string, name: string, ...namespace: readonly string[]];
  /** What would open a path, and what opens none. */
  readonly evil: object;
  readonly harmless: object;
}

const ENDINGS: readonly Ending[] = [
  {
    what: ["networkpolicy", "held", "-n", "data"],
    evil: { spec: intoDatabase({ tier: "frontend" }) },
    harmless: { spec: { ingress: null } },
  },
  {
    what: ["pod", "held", "-n", "prod"],
    evil: { metadata: { labels: { role: "backend" } } },
    harmless: { metadata: { labels: { note: "mine" } } },
  },
];

describeControlPlane("what is being deleted, and held by a finalizer", {}, () => {
  let plane: ControlPlane;
  const patch = (what: readonly string[], change: object): Promise<CommandResult> =>
    plane.kubectl(["patch", ...what, "--type=merge", "-p", JSON.stringify(change)]);

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await apply(plane, policy("prod", "out", outOfProd), policy("data", "held", intoDatabase({ tier: "backend" })));
    await succeed(plane, ["create", "-f", "-"], JSON.stringify(pod("prod", "held", { tier: "frontend" })));
    await markRunning(plane, "prod", "held", "10.244.3.1");
    return stop;
  }, BUILD_AND_START_MS);

  it.each(ENDINGS)(
    "opens nothing, and may go: $what",
    async ({ what, evil, harmless }) => {
      await succeed(plane, [
        "patch",
        ...what,
        "--type=merge",
        "-p",
        JSON.stringify({ metadata: { finalizers: HELD } }),
      ]);
      expect(await plane.kubectl(["delete", ...what, "--wait=false"])).toMatchObject({ code: 0, stderr: "" });
      const before = await snapshot(plane, ...what);
      expect(before).toContain("deletionTimestamp");
      expect(outcomeOf(await patch(what, evil))).toEqual({ code: 1, rules: [PATH] });
      expect(await snapshot(plane, ...what)).toBe(before);
      expect(await patch(what, harmless)).toMatchObject({ code: 0, stderr: "" });
      expect(await patch(what, { metadata: { finalizers: null } })).toMatchObject({ code: 0, stderr: "" });
      await succeed(plane, ["delete", ...what, "--ignore-not-found", "--force", "--grace-period=0"]);
      expect(await snapshot(plane, ...what)).toBe("");
    },
    STEP_MS,
  );
});
