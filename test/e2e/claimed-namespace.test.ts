import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { namespace } from "./objects.ts";

// The registration leaves namespaces out by the label in which the API server writes their names: whoever could set it
// would be left out, too.

const STEP_MS = 60_000;

const CONFIG = {
  apiVersion: "netpol-guard.io/v1alpha1",
  kind: "GuardConfiguration",
  rules: [
    { name: "default-deny", type: "require-default-deny" },
    { name: "team", type: "required-labels", keys: ["team"], kinds: ["Namespace"] },
  ],
};

const EXEMPT = ["kube-system", "kube-node-lease", "netpol-guard"];
const claiming = (name: string): Readonly<Record<string, string>> => ({ "kubernetes.io/metadata.name": name });

describeControlPlane("a namespace that says it is one that is left out", {}, () => {
  let plane: ControlPlane;
  const isRefused = async (args: readonly string[], object: object = {}): Promise<void> => {
    const before = await snapshot(plane, "namespaces");
    const result = await plane.kubectl(args, { input: JSON.stringify(object) });
    expect(outcomeOf(result)).toEqual({ code: 1, rules: ["required-labels/team"] });
    expect(await snapshot(plane, "namespaces")).toBe(before);
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("shop", { team: "a" }));
    const config = join(scratchDirectory, "claimed-namespace.json");
    await writeFile(config, JSON.stringify(CONFIG));
    return guardPlane(plane, config);
  }, BUILD_AND_START_MS);

  it.each(EXEMPT)(
    "is judged: %s",
    async (name) => {
      const claim = claiming(name);
      const create = ["create", "-f", "-"];
      await isRefused(create, namespace("fresh", claim));
      await isRefused(create, { ...namespace(""), metadata: { generateName: "fresh-", labels: claim } });
      const labels = { ...claim, team: "b" };
      await isRefused(["apply", "--server-side", "--force-conflicts", "-f", "-"], namespace("shop", labels));
      const patch = ["patch", "namespace", "shop", "--type=merge", "-p", JSON.stringify({ metadata: { labels } })];
      await isRefused(patch);
      await isRefused([...patch, "--subresource=status"]);
    },
    STEP_MS,
  );
});
