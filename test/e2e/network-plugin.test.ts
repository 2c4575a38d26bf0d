import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply } from "./kubectl.ts";
import { daemonSet, namespace } from "./objects.ts";
import { BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 60_000;
const soon = { timeout: 30_000, interval: 100 };

describeControlPlane("a guard of a cluster", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("kube-flannel"), daemonSet("kube-flannel", "kube-flannel-ds"));
    guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfig] });
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "warns that its network plug-in enforces nothing, until one is there that does",
    async () => {
      await expect.poll(guard.stderr, soon).toMatch(/"level":40,.*"policies":"ignored","plugins":\["Flannel"\]/);
      await apply(plane, namespace("shop"), daemonSet("shop", "calico-node"), daemonSet("kube-system", "cilium"));
      await expect
        .poll(guard.stderr, soon)
        .toMatch(/"level":30,.*"policies":"enforced","plugins":\["Cilium","Flannel"\]/);
    },
    STEP_MS,
  );
});
