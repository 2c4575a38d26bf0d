import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { asMapping } from "../../src/dialects/manifest.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "../e2e/guard-process.ts";
import { apply } from "../e2e/kubectl.ts";
import { scratchDirectory } from "../e2e/main-process.ts";
import { defaultDeny, namespace, pod } from "../e2e/objects.ts";
import { post } from "../e2e/post.ts";
import { readyz } from "../e2e/readyz.ts";
import { proxied, type Proxied } from "./proxied.ts";

const STEP_MS = 120_000;

/** What the API server waits for an answer. */
const TIMEOUT_S = 2;

const DENIED = "[custom/has-owner] Pod shop/web: has no owner";
const rule = { name: "has-owner", type: "custom", expression: '"owner" in change.labels', message: "has no owner" };
const isolated = { name: "default-deny", type: "require-default-deny" };

type Outcome = readonly [allowed: boolean, word: string];

const CASES: readonly (readonly [what: string, settings: object, outcome: Outcome])[] = [
  ["a denial that cannot be confirmed", { rules: [isolated] }, [false, "[require-default-deny/default-deny]"]],
  ["such a one where what is undecided is admitted", { rules: [isolated], onUndecided: "warn" }, [true, "[undecided]"]],
  ["a rule that waits for all there is", { rules: [{ ...rule, consistency: "linearizable" }] }, [false, "[undecided]"]],
  [
    "such a rule where what is undecided is admitted",
    { rules: [{ ...rule, consistency: "linearizable" }], onUndecided: "warn" },
    [true, "[undecided]"],
  ],
  ["a rule that is content with the cache", { rules: [{ ...rule, consistency: "cached" }] }, [false, DENIED]],
];

describeControlPlane("a guard whose reads from the API server hang", {}, () => {
  let plane: ControlPlane;
  let way: Proxied;
  let guard: GuardProcess;

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("shop"), namespace("other"), defaultDeny("other"));
    return () => plane.stop();
  }, BUILD_AND_START_MS);
  afterEach(async () => {
    await guard.stop();
    await way.proxy.close();
  }, STEP_MS);

  it.each(CASES)("answers in the API server's time: %s", { timeout: STEP_MS }, async (_what, settings, outcome) => {
    const config = join(scratchDirectory, "hung-reads.json");
    const head = { apiVersion: "netpol-guard.io/v1alpha1", kind: "GuardConfiguration" };
    await writeFile(config, JSON.stringify({ ...head, ...settings }));
    way = await proxied(plane);
    guard = await startGuard({ config, state: ["--kubeconfig", way.kubeconfig] });
    way.proxy.swallow();
    const review = reviewOf("CREATE", asMapping(pod("shop", "web"), ""), undefined);
    const start = performance.now();
    const { body } = await post(guard, JSON.stringify(review), {}, TIMEOUT_S);
    expect(performance.now() - start).toBeLessThan(TIMEOUT_S * 1000);
    const [allowed, word] = outcome;
    expect(body).toMatchObject({ response: { allowed } });
    expect(JSON.stringify(body)).toContain(word);
    expect(await readyz(guard)).toBe("200 ok");
  });
});
