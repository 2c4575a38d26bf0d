import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, listOf, refusedBy, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { defaultDeny, namespace, pod, policy } from "./objects.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 180_000;
const FOLDERS = 15;
const RACES = 30;
const LABEL_RACES = 15;
const RULE = "forbidden-path/db-not-from-frontend";

const frontend = { namespaceSelector: { matchLabels: { tier: "frontend" } } };
const database = { namespaceSelector: { matchLabels: { tier: "database" } } };
const outOfFrontend = (name: string, to: readonly object[]): object =>
  policy("frontend-tier", name, {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: to.map((peer) => ({ to: [peer] })),
  });
const intoDatabase = (name: string, from: object): object =>
  policy("database-tier", name, { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [from] }] });

/** The good objects of the scenario in namespaces of their own. */
const writeFolder = async (suffix: string): Promise<string> => {
  const folder = join(scratchDirectory, suffix);
  await mkdir(folder);
  for (const name of await readdir(`${THREE_NAMESPACES}/good`)) {
    const text = await readFile(`${THREE_NAMESPACES}/good/${name}`, "utf8");
    await writeFile(join(folder, name), text.replaceAll("-tier", `-tier-${suffix}`));
  }
  return folder;
};

describeControlPlane("what was admitted a moment ago", {}, () => {
  let plane: ControlPlane;
  const race = async (one: readonly string[], other: readonly string[], inputs: readonly object[]): Promise<void> => {
    const results = await Promise.all(
      [one, other].map((args, index) => plane.kubectl(args, { input: JSON.stringify(inputs[index] ?? {}) })),
    );
    const refused = results.filter(({ code }) => code !== 0);
    expect(refused.map(refusedBy)).toEqual([[RULE]]);
  };
  const remove = (...objects: readonly object[]): Promise<CommandResult> =>
    succeed(plane, ["delete", "--ignore-not-found", "-f", "-"], listOf(objects));

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${THREE_NAMESPACES}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${THREE_NAMESPACES}/good`]);
    return stop;
  }, BUILD_AND_START_MS);

  it(
    "counts: one apply brings a namespace, its default-deny, its policies and its pods",
    async () => {
      for (let round = 0; round < FOLDERS; round += 1) {
        const folder = await writeFolder(String(round));
        expect(await plane.kubectl(["apply", "-f", folder])).toMatchObject({ code: 0, stderr: "" });
      }
    },
    STEP_MS,
  );

  it(
    "counts: of two policies that open a path together one is refused, whichever comes first",
    async () => {
      for (let round = 0; round < RACES; round += 1) {
        const out = outOfFrontend(`out-${String(round)}`, [database]);
        const into = intoDatabase(`in-${String(round)}`, frontend);
        await race(["apply", "-f", "-"], ["apply", "-f", "-"], [out, into]);
        await remove(out, into);
      }
    },
    STEP_MS,
  );

  it(
    "counts: of a label and a policy that open a path together one is refused",
    async () => {
      const everywhere = { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ namespaceSelector: {} }] }] };
      await apply(plane, namespace("lab"), defaultDeny("lab"), policy("lab", "out", everywhere), pod("lab", "web"));
      const named = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "lab" } } };
      for (let round = 0; round < LABEL_RACES; round += 1) {
        const into = intoDatabase(`lab-${String(round)}`, named);
        await race(["label", "namespace", "lab", "tier=frontend"], ["apply", "-f", "-"], [{}, into]);
        await remove(into);
        await succeed(plane, ["label", "namespace", "lab", "tier-"]);
      }
    },
    STEP_MS,
  );
});
