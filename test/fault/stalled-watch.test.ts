import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { asMapping } from "../../src/dialects/manifest.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "../e2e/guard-process.ts";
import { post } from "../e2e/post.ts";
import { ONE_NAMESPACE } from "../e2e/shipped.ts";
import { policy } from "../e2e/objects.ts";
import { proxied, type Proxied } from "./proxied.ts";
import { readyz } from "../e2e/readyz.ts";

const STEP_MS = 180_000;
const soon = { timeout: 60_000, interval: 200 };

/** What is promised. */
const STALLED = { timeout: 30_000, interval: 200 };

/** Four times as long as a watch may be silent before it is looked at, and longer than a guard without news stays ready. */
const IDLE_MS = 45_000;

/** One for each of ten kinds every ten seconds, each of which is a list and a watch over one connection. */
const LOOKS_A_MINUTE = 60;

/**
 * Connections for what else a guard asks: policies that are not judged, every five seconds, its registration, every
 * twenty, and what it remembers.
 */
const OTHERS_A_MINUTE = 17;

const READY = "200 ok";

describeControlPlane("a guard that hears nothing of its cluster", {}, () => {
  let plane: ControlPlane;
  let way: Proxied;
  let guard: GuardProcess;
  const state = (): Promise<string> => readyz(guard);

  beforeAll(async () => {
    plane = await startControlPlane();
    return () => plane.stop();
  }, BUILD_AND_START_MS);
  beforeEach(async () => {
    way = await proxied(plane);
    guard = await startGuard({ config: `${ONE_NAMESPACE}/config.yaml`, state: ["--kubeconfig", way.kubeconfig] });
    expect(await state()).toBe(READY);
  }, STEP_MS);
  afterEach(async () => {
    await guard.stop();
    await way.proxy.close();
  }, STEP_MS);

  it("as nothing happens there stays ready, and asks little", { timeout: STEP_MS }, async () => {
    const { accepted } = way.proxy;
    const seen = new Set<string>();
    const start = performance.now();
    const idle = async (): Promise<boolean> => {
      seen.add(await state());
      return performance.now() - start > IDLE_MS;
    };
    await expect.poll(idle, { timeout: STEP_MS, interval: 500 }).toBe(true);
    expect([...seen]).toEqual([READY]);
    const looks = way.proxy.accepted - accepted;
    expect(looks).toBeGreaterThan(0);
    expect((looks * 60_000) / (performance.now() - start)).toBeLessThanOrEqual(LOOKS_A_MINUTE + OTHERS_A_MINUTE);
  });

  it(
    "as its API server is paused is not ready within 30 s, and is again afterwards",
    { timeout: STEP_MS },
    async () => {
      plane.apiServer.signal("SIGSTOP");
      try {
        await expect.poll(state, STALLED).toMatch(/^503 nothing new was heard of the cluster for 25 seconds: /);
        const review = reviewOf("CREATE", asMapping(policy("shop", "open", { podSelector: {} }), ""), undefined);
        const { body } = await post(guard, JSON.stringify(review));
        expect(body).toMatchObject({ response: { allowed: false } });
        expect(JSON.stringify(body)).toContain("nothing new was heard of the cluster");
      } finally {
        plane.apiServer.signal("SIGCONT");
      }
      await expect.poll(state, soon).toBe(READY);
    },
  );

  it(
    "as the network swallows all is not ready within 30 s, and is again afterwards",
    { timeout: STEP_MS },
    async () => {
      way.proxy.swallow();
      await expect.poll(state, STALLED).toMatch(/^503 nothing new was heard of the cluster for 25 seconds: /);
      way.proxy.mend();
      await expect.poll(state, soon).toBe(READY);
    },
  );
});
