import { pino } from "pino";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { loadKubeConfig } from "../../src/cluster/kube-config.ts";
import { watchedSource } from "../../src/cluster/watched-source.ts";
import type { StateSource } from "../../src/guard/state-source.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { apply, succeed } from "../e2e/kubectl.ts";
import { defaultDeny, namespace, pod, policy } from "../e2e/objects.ts";
import { proxied, type Proxied } from "./proxied.ts";

const STEP_MS = 120_000;
const soon = { timeout: STEP_MS, interval: 50 };

/** What is left of a review that came with the API server's default of ten seconds. */
const BUDGET_MS = 9500;

const ref = (kind: string, name: string) => ({ kind, namespace: "shop", name });

describeControlPlane("a guard whose watches are held up", {}, () => {
  let plane: ControlPlane;
  let way: Proxied;
  let source: StateSource;
  let round = 0;
  const labelsOf = (name: string): object => Object.fromEntries(source.index.endpoint(ref("Pod", name))?.labels ?? []);
  const write = (...objects: readonly object[]): Promise<unknown> => apply(plane, ...objects);
  const remove = (kind: string, name: string): Promise<unknown> =>
    succeed(plane, ["delete", kind, name, "-n", "shop", "--force", "--grace-period=0"]);
  /** What was written after the first lists can only have been shown by watches. */
  const watchesShow = async (): Promise<void> => {
    round += 1;
    const mark = { mark: String(round) };
    await write(namespace("shop", mark), pod("shop", "web", { form: "old" }), pod("shop", "gone"), defaultDeny("shop"));
    await write(pod("shop", "mark", mark), policy("shop", `mark-${String(round)}`, { podSelector: {} }));
    await expect.poll(() => labelsOf("mark"), soon).toEqual(mark);
    await expect.poll(() => source.index.namespace("shop").labels.get("mark"), soon).toBe(mark.mark);
    await expect.poll(() => source.index.policy(ref("NetworkPolicy", `mark-${String(round)}`)), soon).toBeDefined();
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await write(namespace("shop"));
    return () => plane.stop();
  }, BUILD_AND_START_MS);
  beforeEach(async () => {
    way = await proxied(plane);
    source = watchedSource({
      config: loadKubeConfig({ kubeconfig: way.kubeconfig, environment: {} }),
      log: pino({ level: "silent" }),
    });
    await source.firstSync();
    await watchesShow();
    way.proxy.hold();
  }, STEP_MS);
  afterEach(async () => {
    await source.stop();
    await way.proxy.close();
  }, STEP_MS);

  it("sees what was written before it was asked to catch up", { timeout: STEP_MS }, async () => {
    await write(pod("shop", "web", { form: "new" }), policy("shop", "open", { podSelector: {}, ingress: [{}] }));
    await remove("pod", "gone");
    expect(labelsOf("web")).toEqual({ form: "old" });
    expect(source.index.endpoint(ref("Pod", "gone"))).toBeDefined();
    await source.caughtUp(BUDGET_MS);
    expect(labelsOf("web")).toEqual({ form: "new" });
    expect(source.index.policy(ref("NetworkPolicy", "open"))).toBeDefined();
    expect(source.index.endpoint(ref("Pod", "gone"))).toBeUndefined();
    const forms = new Set<string>();
    way.proxy.release();
    await write(pod("shop", "web", { form: "newer" }));
    const form = (): string | undefined => {
      const now = JSON.stringify(labelsOf("web"));
      forms.add(now);
      return now;
    };
    await expect.poll(form, soon).toBe('{"form":"newer"}');
    expect(forms).not.toContain('{"form":"old"}');
  });

  it(
    "confirms what it rests on: what changed or went is taken over, what did not is not",
    { timeout: STEP_MS },
    async () => {
      const web = ref("Pod", "web");
      const gone = ref("Pod", "gone");
      const deny = ref("NetworkPolicy", "default-deny");
      const shop = { kind: "Namespace", namespace: "", name: "shop" };
      expect(await source.confirm([web, gone, deny, shop], BUDGET_MS)).toBe(false);
      await write(pod("shop", "web", { form: "new" }));
      expect(await source.confirm([gone, deny, shop], BUDGET_MS)).toBe(false);
      expect(labelsOf("web")).toEqual({ form: "old" });
      expect(await source.confirm([web, deny], BUDGET_MS)).toBe(true);
      expect(labelsOf("web")).toEqual({ form: "new" });
      await remove("pod", "gone");
      expect(await source.confirm([gone], BUDGET_MS)).toBe(true);
      expect(source.index.endpoint(gone)).toBeUndefined();
      await write(pod("shop", "gone", { form: "anew" }));
      expect(await source.confirm([gone], BUDGET_MS)).toBe(true);
      expect(labelsOf("gone")).toEqual({ form: "anew" });
    },
  );

  it("does not confirm in time what it cannot read", { timeout: STEP_MS }, async () => {
    expect(await source.confirm([ref("Pod", "web")], BUDGET_MS)).toBe(false);
    way.proxy.swallow();
    const start = performance.now();
    await expect(source.confirm([ref("Pod", "web")], 1000)).rejects.toThrow("were not read again within 1000 ms");
    await expect(source.caughtUp(1000)).rejects.toThrow("not seen to be up to date within 1000 ms");
    expect(performance.now() - start).toBeLessThan(BUDGET_MS);
    way.proxy.mend();
    await expect.poll(() => source.confirm([ref("Pod", "web")], BUDGET_MS), soon).toBe(false);
    await source.caughtUp(BUDGET_MS);
  });
});
