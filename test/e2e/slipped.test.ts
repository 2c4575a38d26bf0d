import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { until } from "../control-plane/until.ts";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { valueOf } from "../unit/metrics/exposition.ts";
import { apply, listOf, succeed } from "./kubectl.ts";
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

interface Told {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly reportingController: string;
  readonly regarding: Readonly<Record<string, string>>;
}

describeControlPlane("two replicas", {}, () => {
  let plane: ControlPlane;
  let guards: readonly GuardProcess[];

  const events = async (): Promise<readonly Told[]> => {
    const { stdout } = await succeed(plane, ["get", "events.v1.events.k8s.io", "-A", "-o", "json"]);
    const { items } = JSON.parse(stdout) as { readonly items: readonly Told[] };
    return items.filter(({ reportingController }) => reportingController === "netpol-guard.io/guard");
  };
  const slipped = async (guard: GuardProcess): Promise<number | undefined> =>
    valueOf(await guard.metrics(), "netpol_guard_slipped_violations_total", {
      rule: "forbidden-path/db-not-from-frontend",
    });

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
      await succeed(plane, ["apply", "--dry-run=server", "-f", "-"], listOf([out, into]));
      expect(guards.map(slips)).toEqual([[], []]);
      expect(await Promise.all(guards.map(slipped))).toEqual([0, 0]);
      expect(await events()).toEqual([]);
      await apply(plane, out, into);
      const told = async (): Promise<boolean> =>
        guards.every((guard) => slips(guard).length > 0) && (await events()).length > 0;
      expect(await until(told, REPORTED_MS)).toBe(true);
      await expect.poll(() => Promise.all(guards.map(slipped)), { timeout: REPORTED_MS }).toEqual([2, 2]);
      for (const guard of guards) {
        expect(slips(guard).join("\n")).toContain("forbidden-path/db-not-from-frontend");
        expect(slips(guard).join("\n")).toContain("data/NetworkPolicy/into, spec.ingress[0].from[0]");
      }
    },
    STEP_MS,
  );

  it(
    "say so once on each offender, where kubectl describe shows it",
    async () => {
      const sent = async (): Promise<readonly (number | undefined)[]> =>
        Promise.all(
          guards.map(async (guard) =>
            valueOf(await guard.metrics(), "netpol_guard_events_total", { decision: "sent" }),
          ),
        );
      await expect.poll(sent, { timeout: REPORTED_MS }).not.toContain(0);
      const all = await events();
      const offenders = all.map(
        ({ regarding }) => `${regarding["kind"]} ${regarding["namespace"]}/${regarding["name"]}`,
      );
      expect(new Set(offenders).size).toBe(offenders.length);
      expect(offenders).toContain("Pod data/db");
      for (const { type, reason, note } of all) {
        expect({ type, reason }).toEqual({ type: "Warning", reason: "PolicyViolation" });
        expect(note).toContain("[forbidden-path/db-not-from-frontend] came past the guard");
      }
      const { stdout } = await succeed(plane, ["describe", "pod", "-n", "data", "db"]);
      expect(stdout).toContain("PolicyViolation");
    },
    STEP_MS,
  );
});
