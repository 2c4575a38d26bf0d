import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, succeed, warningsOf } from "./kubectl.ts";
import { defaultDeny, markRunning, namespace, pod, policy } from "./objects.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 120_000;

const DEFAULT_DENY = "require-default-deny/default-deny";
const PATH = "forbidden-path/db-not-from-frontend";

const web = { app: "web" };

describeControlPlane("a violation from before the guard came", {}, () => {
  let plane: ControlPlane;
  const ask = (object: object, ...options: readonly string[]): ReturnType<ControlPlane["kubectl"]> =>
    plane.kubectl(["apply", ...options, "-f", "-"], { input: JSON.stringify(object) });

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("old", { tier: "frontend" }), pod("old", "web-1", web), pod("old", "web-2", web));
    await apply(plane, namespace("old-data"), pod("old-data", "db", { role: "db" }));
    await apply(plane, namespace("waiting", { tier: "frontend" }), pod("waiting", "web", web));
    const running = [
      ["old", "web-1"],
      ["old", "web-2"],
      ["old-data", "db"],
    ] as const;
    for (const [index, [at, name]] of running.entries())
      await markRunning(plane, at, name, `10.244.3.${String(index)}`);
    return guardPlane(plane, `${THREE_NAMESPACES}/config.yaml`);
  }, BUILD_AND_START_MS);

  it(
    "is a warning for a pod that comes again while one of its identity runs",
    async () => {
      await succeed(plane, ["delete", "pod", "web-1", "-n", "old"]);
      const result = await ask(pod("old", "web-1", web));
      expect(result).toMatchObject({ code: 0, stdout: "pod/web-1 created\n" });
      // The second where the watch has not shown yet that the pod was gone in between.
      const why = / \((running pods of this identity have it already|it was so before)\)$/;
      const texts = [
        `[${DEFAULT_DENY}] Pod old/web-1 would run in namespace old, which has no default-deny for ingress`,
        `[${DEFAULT_DENY}] Pod old/web-1 would run in namespace old, which has no default-deny for egress`,
        `[${PATH}] Pod old/web-1 would let old/web-1 reach old-data/db on every port`,
      ];
      const warnings = warningsOf(result);
      expect(warnings.map((warning) => warning.replace(why, ""))).toEqual(texts);
      expect(warnings.filter((warning) => !why.test(warning))).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "is a warning for one more pod of that identity",
    async () => {
      const result = await ask(pod("old", "web-3", { ...web, "pod-template-hash": "7c5ddbdf54" }));
      expect(result.code).toBe(0);
      const known = expect.stringMatching(/ \(running pods of this identity have it already\)$/);
      expect(warningsOf(result)).toEqual([known, known, known]);
    },
    STEP_MS,
  );

  it(
    "is refused for a pod with other labels",
    async () => {
      const result = await ask(pod("old", "web-4", { ...web, track: "canary" }));
      expect(outcomeOf(result)).toEqual({ code: 1, rules: [PATH, DEFAULT_DENY] });
    },
    STEP_MS,
  );

  it(
    "is refused where the pod of that identity does not run",
    async () => {
      const result = await ask(pod("waiting", "web-2", web));
      expect(outcomeOf(result)).toEqual({ code: 1, rules: [PATH, DEFAULT_DENY] });
    },
    STEP_MS,
  );

  it(
    "is a warning on a dry run where a policy could still cure it",
    async () => {
      const result = await ask(pod("old", "web-4", { ...web, track: "canary" }), "--dry-run=server");
      expect(result).toMatchObject({ code: 0, stdout: "pod/web-4 created (server dry run)\n" });
      expect(warningsOf(result)).toEqual([
        expect.stringContaining(`[${DEFAULT_DENY}]`),
        expect.stringContaining(`[${DEFAULT_DENY}]`),
        expect.stringContaining(`[${PATH}]`),
      ]);
    },
    STEP_MS,
  );

  it(
    "is refused on a dry run where none could",
    async () => {
      const everyone = { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] };
      const result = await ask(policy("waiting", "everyone", everyone), "--dry-run=server");
      const rules = ["restrict-ip-blocks/no-open-ingress"];
      expect(outcomeOf(result)).toEqual({ code: 1, rules });
    },
    STEP_MS,
  );

  it(
    "is not cured by a dry run",
    async () => {
      expect(await ask(defaultDeny("waiting"), "--dry-run=server")).toMatchObject({ code: 0, stderr: "" });
      const result = await ask(pod("waiting", "web-3", web));
      expect(outcomeOf(result)).toEqual({ code: 1, rules: [PATH, DEFAULT_DENY] });
    },
    STEP_MS,
  );
});
