import { beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { markRunning, pod } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 120_000;

const FRONTEND = ["pod", "frontend", "-n", "prod"];
const SECOND = ["pod", "second", "-n", "prod"];
const STAGING = ["namespace", "staging"];

type Labels = Readonly<Record<string, string>>;

interface Way {
  readonly name: string;
  readonly what: readonly string[];
  /** Refuses `into`, with which the object gets into the database. */
  readonly rule: string;
  readonly into: Labels;
  readonly set: (values: Labels) => Promise<CommandResult>;
}

describeControlPlane("a label", {}, () => {
  let plane: ControlPlane;

  const label = (what: readonly string[], values: Labels): Promise<CommandResult> =>
    plane.kubectl(["label", "--overwrite", ...what, ...Object.entries(values).map((entry) => entry.join("="))]);
  const status = (what: readonly string[], values: Labels): Promise<CommandResult> => {
    const patch = JSON.stringify({ metadata: { labels: values } });
    return plane.kubectl(["patch", ...what, "--subresource=status", "--type=merge", "-p", patch]);
  };
  const finalize = async (values: Labels): Promise<CommandResult> => {
    const found = JSON.parse(await snapshot(plane, ...STAGING));
    const { metadata } = found;
    const input = JSON.stringify({ ...found, metadata: { ...metadata, labels: { ...metadata.labels, ...values } } });
    return plane.kubectl(["replace", "--raw", "/api/v1/namespaces/staging/finalize", "-f", "-"], { input });
  };
  const bind = (resource: string, name: string, values: Labels): Promise<CommandResult> => {
    const target = { apiVersion: "v1", kind: "Node", name: "worker" };
    const metadata = { namespace: "prod", name, labels: values };
    const input = JSON.stringify({ apiVersion: "v1", kind: "Binding", metadata, target });
    return plane.kubectl(["create", "--raw", `/api/v1/namespaces/prod/${resource}`, "-f", "-"], { input });
  };

  const ofPod = { what: FRONTEND, rule: "db-not-from-frontend", into: { role: "backend" } };
  const ofNamespace = { what: STAGING, rule: "db-not-from-staging", into: { name: "prod" } };
  const ways: readonly Way[] = [
    { name: "a pod", ...ofPod, set: (values) => label(FRONTEND, values) },
    { name: "pods/status", ...ofPod, set: (values) => status(FRONTEND, values) },
    { name: "pods/binding", ...ofPod, set: (values) => bind("pods/frontend/binding", "frontend", values) },
    { name: "bindings", ...ofPod, what: SECOND, set: (values) => bind("bindings", "second", values) },
    { name: "a namespace", ...ofNamespace, set: (values) => label(STAGING, values) },
    { name: "namespaces/status", ...ofNamespace, set: (values) => status(STAGING, values) },
    { name: "namespaces/finalize", ...ofNamespace, set: finalize },
  ];

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await apply(plane, pod("prod", "second", { tier: "frontend", role: "frontend" }));
    await markRunning(plane, "prod", "frontend", "10.244.2.1");
    await markRunning(plane, "staging", "backend", "10.244.2.2");
    return stop;
  }, BUILD_AND_START_MS);

  describe.each(ways)("set through $name", ({ name, what, rule, into, set }) => {
    it(
      "is refused where it opens a path",
      async () => {
        const before = await snapshot(plane, ...what);
        const result = await set(into);
        expect(outcomeOf(result)).toEqual({ code: 1, rules: [`forbidden-path/${rule}`] });
        expect(await snapshot(plane, ...what)).toBe(before);
      },
      STEP_MS,
    );

    it(
      "passes where no selector looks at it",
      async () => {
        const note = name.replaceAll(/[^a-z]/g, "-");
        expect(await set({ note })).toMatchObject({ code: 0, stderr: "" });
        expect(JSON.parse(await snapshot(plane, ...what)).metadata.labels).toMatchObject({ note });
      },
      STEP_MS,
    );
  });
});
