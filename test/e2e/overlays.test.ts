import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { GOLDEN, rightsOf } from "../unit/manifests/rights.ts";
import { CERT_MANAGER } from "./cert-manager.ts";
import { apply, listOf, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { configurationOf, differencesOf, kindOf, renderFolder, type Rendered, titleOf } from "./rendered.ts";
import { BASE, OPERATIONS, OVERLAYS } from "./shipped.ts";

const STEP_MS = 60_000;

const entry = (name: string): string => `ValidatingWebhookConfiguration/netpol-guard webhooks ${name}.netpol-guard.io`;
const IGNORED = ["labels", "policies", "workloads"].map((name) => `${entry(name)} failurePolicy: "Fail" -> "Ignore"`);
const CONFIG = "ConfigMap/netpol-guard/netpol-guard-config data config.yaml";
const CERTIFIED = ["Certificate/netpol-guard/netpol-guard", "Certificate/netpol-guard/netpol-guard-ca"];
const ISSUED = ["Issuer/netpol-guard/netpol-guard-ca", "Issuer/netpol-guard/netpol-guard-self-signed"];

interface Overlay {
  readonly name: string;
  readonly mode: string;
  /** Objects that the base has not. */
  readonly more: readonly string[];
  /** Fields of the others, the configuration aside. */
  readonly fields: readonly unknown[];
}

const ALL: readonly Overlay[] = [
  { name: "audit", mode: "audit", more: [], fields: IGNORED },
  { name: "warn", mode: "warn", more: [], fields: IGNORED },
  { name: "enforce", mode: "enforce", more: [], fields: [] },
  {
    name: "enforce-strict",
    mode: "enforce",
    more: [],
    fields: [
      `${entry("pods")} failurePolicy: "Ignore" -> "Fail"`,
      expect.stringContaining(
        `${entry("pods")} matchConditions not-a-controllers-on-a-nodes-network expression: absent`,
      ),
      expect.stringContaining(`${entry("pods")} matchConditions not-a-controllers-on-a-nodes-network name: absent`),
      `${entry("pods")} rules 0 operations 2: "DELETE" -> absent`,
    ],
  },
  {
    name: "cert-manager",
    mode: "enforce",
    more: [...CERTIFIED, ...ISSUED],
    fields: [
      'ValidatingWebhookConfiguration/netpol-guard metadata annotations cert-manager.io/inject-ca-from: absent -> "netpol-guard/netpol-guard"',
    ],
  },
];

const template = z.object({
  spec: z.object({ template: z.object({ metadata: z.looseObject({}), spec: z.looseObject({}) }) }),
});

const isRole = ({ kind }: Rendered): boolean => kind.startsWith("ClusterRole") || kind.startsWith("Role");

describeControlPlane("the overlays", {}, () => {
  let plane: ControlPlane;
  let base: readonly Rendered[];

  beforeAll(async () => {
    plane = await startControlPlane();
    base = await renderFolder(plane, BASE);
    await apply(plane, ...CERT_MANAGER);
    // What a dry run of the rest asks for: where it is, and how urgent its pods are.
    await apply(plane, ...base.filter(({ kind }) => kind === "Namespace" || kind === "PriorityClass"));
    await succeed(plane, ["wait", "--for=condition=Established", "customresourcedefinition", "--all"]);
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  it("are all looked at here", () => {
    expect(readdirSync(OVERLAYS).sort()).toEqual(ALL.map(({ name }) => name).sort());
  });

  it("are what an overlay of one's own is made of, as the documentation has it", async () => {
    const [, text = ""] = /\*\*2\. An overlay[^]*?^```yaml\n([^]*?)^```$/m.exec(readFileSync(OPERATIONS, "utf8")) ?? [];
    const folder = join(scratchDirectory, "my-cluster");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "kustomization.yaml"),
      text.replace("../manifests/overlays", relative(folder, OVERLAYS)),
    );
    writeFileSync(join(folder, "config.yaml"), "mode: audit\n");
    const audit = await renderFolder(plane, `${OVERLAYS}/audit`);
    expect(differencesOf(audit, await renderFolder(plane, folder))).toEqual([
      expect.stringMatching(new RegExp(`^${CONFIG}: .* -> "mode: audit\\\\n"$`)),
      'Deployment/netpol-guard/netpol-guard spec template spec containers netpol-guard image: "netpol-guard:0.1.0" -> "REGISTRY/netpol-guard:0.1.0"',
    ]);
  });

  describe.each(ALL)("$name", ({ name, mode, more, fields }) => {
    let objects: readonly Rendered[];

    beforeAll(async () => {
      objects = await renderFolder(plane, `${OVERLAYS}/${name}`);
    });

    it("is the base, but for what it is there for", () => {
      const shared = objects.filter((object) => !more.includes(titleOf(object)));
      expect(objects.map(titleOf).sort()).toEqual([...base.map(titleOf), ...more].sort());
      expect(differencesOf(base, shared).filter((line) => !line.startsWith(CONFIG))).toEqual(fields);
    });

    it(`has the configuration of the base, in mode ${mode}`, () => {
      const configuration = configurationOf(objects);
      expect(configuration).toMatch(new RegExp(`^mode: ${mode}$`, "m"));
      expect(configuration.replace(/^mode: .*$/m, "mode: enforce")).toBe(configurationOf(base));
    });

    it("gives the guard's account the rights that are written down, and no others", () => {
      expect([...rightsOf(objects.filter(isRole))].sort()).toEqual(
        readFileSync(GOLDEN, "utf8").trimEnd().split("\n").sort(),
      );
    });

    it(
      "is taken by the API server, every object, with no warning",
      async () => {
        const args = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
        const { stdout, stderr } = await succeed(plane, args, listOf(objects));
        expect({ stderr, lines: stdout.trimEnd().split("\n").length }).toEqual({ stderr: "", lines: objects.length });
      },
      STEP_MS,
    );

    it(
      "has pods that the restricted standard of PodSecurity lets in, and it would keep others out",
      async () => {
        const deployment = kindOf(objects, "Deployment");
        const { metadata, spec } = template.parse(deployment).spec.template;
        const pod = {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { ...metadata, name: "one", namespace: "netpol-guard" },
        };
        const create = ["create", "--dry-run=server", "-f", "-"];
        await succeed(plane, create, JSON.stringify({ ...pod, spec }));
        const shared = JSON.stringify({ ...pod, spec: { ...spec, hostNetwork: true } });
        expect(await plane.kubectl(create, { input: shared })).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('violates PodSecurity "restricted:latest"'),
        });
      },
      STEP_MS,
    );
  });
});
