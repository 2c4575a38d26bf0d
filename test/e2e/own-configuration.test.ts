import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { startGuard, type GuardProcess } from "./guard-process.ts";
import { apply, outcomeOf, snapshot } from "./kubectl.ts";
import { namespace } from "./objects.ts";
import { register } from "./register.ts";
import { BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 120_000;

const OWN = ["configmap", "netpol-guard-config", "-n", "netpol-guard"];

describeControlPlane("the guard's own configuration", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;
  let good: string;
  let broken: string;

  const configMap = (text: string, name = "netpol-guard-config", at = "netpol-guard", labels = {}): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: at, name, labels },
    data: { "config.yaml": text },
  });
  const ask = (object: object, ...options: readonly string[]): Promise<CommandResult> =>
    plane.kubectl(["apply", ...options, "-f", "-"], { input: JSON.stringify(object) });

  beforeAll(async () => {
    good = await readFile(BASE_CONFIG, "utf8");
    broken = good.replace("type: forbidden-path", "type: forbiden-path");
    plane = await startControlPlane();
    await apply(plane, namespace("netpol-guard"), namespace("shop"));
    guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  describe.each([
    ["created", "no object"],
    ["changed", "an object"],
  ])("that would not load, when it is %s", (_name, before) => {
    it.each([[[]], [["--server-side"]], [["--dry-run=server"]]])(
      "is refused at apply %j, with its line and what was expected",
      async (options) => {
        if (before === "an object") await apply(plane, configMap(good));
        const stored = await snapshot(plane, ...OWN);
        const result = await ask(configMap(broken), ...options);
        const line = broken.slice(0, broken.indexOf("forbiden-path")).split("\n").length;
        expect(outcomeOf(result)).toEqual({ code: 1, rules: ["configuration/invalid"] });
        expect(result.stderr).toContain('admission webhook "config.netpol-guard.io" denied the request');
        expect(result.stderr).toMatch(
          new RegExp(
            `would not load: config\\.yaml:${line}: rules\\[2\\]\\.type: expected one of .*, found "forbiden-path"`,
          ),
        );
        expect(await snapshot(plane, ...OWN)).toBe(stored);
      },
      STEP_MS,
    );
  });

  it(
    "passes when it would load, and so do other ConfigMaps",
    async () => {
      expect(await ask(configMap(good.replace("mode: enforce", "mode: warn")))).toMatchObject({ code: 0, stderr: "" });
      expect(await ask(configMap(broken, "other"))).toMatchObject({ code: 0, stderr: "" });
      expect(await ask(configMap(broken, "netpol-guard-config", "shop"))).toMatchObject({ code: 0, stderr: "" });
    },
    STEP_MS,
  );

  it(
    "can be changed while no guard answers, and put right when one does",
    async () => {
      await guard.stop();
      expect(await ask(configMap(broken))).toMatchObject({ code: 0 });
      guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfig] });
      await register(plane, guard);
      expect(await ask(configMap(broken, undefined, undefined, { team: "net" }))).toMatchObject({ code: 0 });
      expect(await ask(configMap(good))).toMatchObject({ code: 0 });
      expect(await ask(configMap(broken))).toMatchObject({ code: 1 });
    },
    STEP_MS,
  );
});
