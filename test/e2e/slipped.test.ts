import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { until } from "../control-plane/until.ts";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply } from "./kubectl.ts";
import { defaultDeny, namespace, pod, policy } from "./objects.ts";
import { post } from "./post.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

/** What the guard promises. */
const REPORTED_MS = 5000;
const STEP_MS = 60_000;

const anybody = { namespaceSelector: {} };
const out = policy("web", "out", { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [anybody] }] });
const into = policy("data", "into", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [anybody] }] });

const slips = (guard: GuardProcess): readonly string[] =>
  guard
    .stderr()
    .split("\n")
    .filter((line) => line.includes('"msg":"slipped"'));

describeControlPlane("two replicas", {}, () => {
  let plane: ControlPlane;
  let guards: readonly GuardProcess[];

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("netpol-guard"), namespace("web", { tier: "frontend" }), namespace("data"));
    await apply(plane, defaultDeny("web"), defaultDeny("data"), pod("web", "web"), pod("data", "db", { role: "db" }));
    const input = {
      config: `${THREE_NAMESPACES}/config.yaml`,
      state: ["--kubeconfig", plane.kubeconfig],
    } as const;
    guards = await Promise.all([startGuard(input), startGuard(input)]);
    return async () => {
      for (const guard of guards) await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "that admit a half each report within five seconds what they opened together, with its witness",
    async () => {
      const answers = await Promise.all(
        [out, into].map(async (half, index) => {
          const guard = guards[index];
          return guard && (await post(guard, JSON.stringify(reviewOf("CREATE", { ...half }, undefined))));
        }),
      );
      expect(answers).toMatchObject([
        { body: { response: { allowed: true } } },
        { body: { response: { allowed: true } } },
      ]);
      expect(guards.map(slips)).toEqual([[], []]);
      await apply(plane, out, into);
      expect(await until(() => guards.every((guard) => slips(guard).length > 0), REPORTED_MS)).toBe(true);
      for (const guard of guards) {
        expect(slips(guard).join("\n")).toContain("forbidden-path/db-not-from-frontend");
        expect(slips(guard).join("\n")).toContain("data/NetworkPolicy/into, spec.ingress[0].from[0]");
      }
    },
    STEP_MS,
  );
});
