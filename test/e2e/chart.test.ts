import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { runHelm, whyNoHelm } from "../helm/helm.ts";
import { CERT_MANAGER } from "./cert-manager.ts";
import { apply, snapshot, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import {
  configurationOf,
  differencesOf,
  kindOf,
  parseRendered,
  renderFolder,
  type Rendered,
  titleOf,
} from "./rendered.ts";
import { BASE, CHART, OVERLAYS } from "./shipped.ts";

const STEP_MS = 60_000;

/** The values by which the chart is each overlay. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  audit: ["stage=audit"],
  warn: ["stage=warn"],
  enforce: [],
  "enforce-strict": ["stage=enforce-strict"],
  "cert-manager": ["certificate.certManager=true"],
};

/** Helm makes the namespace before it keeps anything there, or the user does: no chart can. */
const withoutNamespace = (objects: readonly Rendered[]): readonly Rendered[] =>
  objects.filter(({ kind }) => kind !== "Namespace");

/** A certificate, whoever's: the API server takes nothing else. */
const CA = Buffer.from(rootCertificates[0] ?? "").toString("base64");

const reason = whyNoHelm();
if (reason !== undefined) process.stderr.write(`skipped: the chart: ${reason}\n`);

describe.skipIf(reason !== undefined)(reason === undefined ? "Helm" : `Helm (${reason})`, () => {
  describeControlPlane("the chart", {}, () => {
    let plane: ControlPlane;

    const helm = (...args: readonly string[]): Promise<CommandResult> =>
      runHelm(args, { home: scratchDirectory, kubeconfig: plane.kubeconfig });
    const template = (values: readonly string[], ...more: readonly string[]): Promise<CommandResult> => {
      const set = values.flatMap((value) => ["--set", value]);
      return helm("template", "netpol-guard", CHART, "--namespace", "netpol-guard", ...set, ...more);
    };
    const render = async (values: readonly string[], ...more: readonly string[]): Promise<readonly Rendered[]> => {
      const { code, stdout, stderr } = await template(values, ...more);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return parseRendered(stdout);
    };
    const written = async (name: string, text: string): Promise<string> => {
      const file = join(scratchDirectory, name);
      await writeFile(file, text);
      return file;
    };

    beforeAll(async () => {
      plane = await startControlPlane();
      await helm("version");
      return () => plane.stop();
    }, BUILD_AND_START_MS);

    it("has nothing that Helm warns of", async () => {
      expect(await helm("lint", "--strict", CHART, "--namespace", "netpol-guard")).toMatchObject({ code: 0 });
    });

    it.each(Object.entries(VALUES))("is the overlay %s, object by object", async (name, values) => {
      const overlay = withoutNamespace(await renderFolder(plane, `${OVERLAYS}/${name}`));
      const objects = await render(values);
      expect(objects.map(titleOf).sort()).toEqual(overlay.map(titleOf).sort());
      expect(differencesOf(overlay, objects)).toEqual([]);
    });

    it("changes what values are there to change, and nothing else", async () => {
      const objects = await render([
        "replicas=3",
        "image.repository=registry.example/netpol-guard,image.tag=1.2.3,image.pullPolicy=Never,image.pullSecrets={mine}",
        "resources.limits.memory=2Gi,nodeSelector.pool=system,tolerations[0].operator=Exists",
      ]);
      const at = "Deployment/netpol-guard/netpol-guard spec";
      const container = `${at} template spec containers netpol-guard`;
      expect(differencesOf(withoutNamespace(await renderFolder(plane, BASE)), objects)).toEqual([
        `${at} replicas: 2 -> 3`,
        `${container} image: "netpol-guard:0.1.0" -> "registry.example/netpol-guard:1.2.3"`,
        `${container} imagePullPolicy: absent -> "Never"`,
        `${container} resources limits memory: "1Gi" -> "2Gi"`,
        `${container} resources requests cpu: "100m" -> absent`,
        `${container} resources requests memory: "128Mi" -> absent`,
        `${at} template spec imagePullSecrets mine name: absent -> "mine"`,
        `${at} template spec nodeSelector pool: absent -> "system"`,
        `${at} template spec tolerations 0 operator: absent -> "Exists"`,
      ]);
    });

    it("tells the API server who signed the certificate, in every entry", async () => {
      const file = await written("ca.crt", "a certificate\n");
      const objects = await render([], "--set-file", `certificate.ca=${file}`);
      const entries = ["config", "labels", "pods", "policies", "workloads"];
      expect(differencesOf(withoutNamespace(await renderFolder(plane, BASE)), objects)).toEqual(
        entries.map(
          (entry) =>
            `ValidatingWebhookConfiguration/netpol-guard webhooks ${entry}.netpol-guard.io clientConfig caBundle: absent -> "${btoa("a certificate\n")}"`,
        ),
      );
    });

    it.each([
      ["a mode of its own", "mode: audit # for now\nrules: []\n", "mode: warn # for now\nrules: []\n"],
      ["no mode", "rules: []\n", "rules: []\nmode: warn\n"],
      ["a rule with a mode", "rules:\n  - mode: audit\n", "rules:\n  - mode: audit\nmode: warn\n"],
    ])("takes a configuration with %s, in the mode of the stage", async (what, text, expected) => {
      const file = await written(`${what}.yaml`, text);
      expect(configurationOf(await render(["stage=warn"], "--set-file", `config=${file}`))).toBe(expected);
    });

    it.each<{
      readonly what: string;
      readonly values?: readonly string[];
      readonly more?: string;
      readonly says: string;
    }>([
      { what: "a stage that there is not", values: ["stage=off"], says: "stage" },
      { what: "a value that there is not", values: ["replcas=3"], says: "replcas" },
      {
        what: "two ways to name the CA",
        values: ["certificate.certManager=true,certificate.ca=x"],
        says: "found both",
      },
      { what: "a configuration that is none", values: ["config=[]"], says: "expected a GuardConfiguration" },
      { what: "another namespace", more: "--namespace=default", says: "expected --namespace netpol-guard" },
      { what: "an older Kubernetes", more: "--kube-version=1.29.0", says: "chart requires kubeVersion" },
    ])("refuses $what", async ({ values = [], more, says }) => {
      const { code, stderr } = await template(values, ...(more === undefined ? [] : [more]));
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
    });

    it(
      "is installed, registered, moved to another stage with the CA that it was given, and taken away again",
      async () => {
        const registration = ["validatingwebhookconfiguration", "netpol-guard", "--ignore-not-found"];
        const policies = async (): Promise<string> =>
          (await succeed(plane, ["get", ...registration, "-o", "jsonpath={.webhooks[*].failurePolicy}"])).stdout;
        const release = ["netpol-guard", CHART, "--namespace", "netpol-guard"];
        const succeeded = { code: 0 };
        await succeed(plane, ["apply", "-f", `${BASE}/namespace.yaml`]);
        await apply(plane, ...CERT_MANAGER);
        expect(await helm("install", ...release, "--set", "registration.create=false")).toMatchObject(succeeded);
        expect(await snapshot(plane, "deployment", "netpol-guard", "-n", "netpol-guard")).not.toBe("");
        expect(await policies()).toBe("");
        expect(await helm("upgrade", ...release, "--set", "stage=audit")).toMatchObject(succeeded);
        expect(await policies()).toBe("Ignore Ignore Ignore Ignore Ignore");
        const patch = JSON.stringify([{ op: "add", path: "/webhooks/0/clientConfig/caBundle", value: CA }]);
        await succeed(plane, ["patch", ...registration.slice(0, 2), "--type=json", "-p", patch]);
        expect(await helm("upgrade", ...release, "--set", "stage=enforce")).toMatchObject(succeeded);
        expect(
          await succeed(plane, ["get", ...registration, "-o", "jsonpath={.webhooks[*].clientConfig.caBundle}"]),
        ).toMatchObject({ stdout: CA });
        expect(await policies()).toBe("Fail Ignore Fail Fail Ignore");
        expect(await helm("rollback", "netpol-guard", "2", "-n", "netpol-guard")).toMatchObject(succeeded);
        expect(await policies()).toBe("Ignore Ignore Ignore Ignore Ignore");
        expect(await helm("uninstall", "netpol-guard", "-n", "netpol-guard")).toMatchObject(succeeded);
        expect(await policies()).toBe("");
        expect(kindOf(parseRendered(await snapshot(plane, "namespace", "netpol-guard")), "Namespace")).toBeDefined();
      },
      STEP_MS,
    );
  });
});
