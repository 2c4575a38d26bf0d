import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { apply, succeed } from "./kubectl.ts";
import { startMain } from "./main-process.ts";
import { daemonSet, namespace } from "./objects.ts";
import { grantOperators, OPERATOR } from "./operators.ts";
import { BASE_CONFIG, REGISTRATION } from "./shipped.ts";

const STEP_MS = 120_000;

describeControlPlane("the status", {}, () => {
  let plane: ControlPlane;

  /** Runs the command as a person with no rights but those that the documentation names. */
  const status = (...args: readonly string[]): Promise<CommandResult> =>
    startMain(["status", "--kubeconfig", plane.kubeconfigFor(OPERATOR.name), ...args]).ended;
  const json = async (...args: readonly string[]) => JSON.parse((await status("-o", "json", ...args)).stdout);
  const configure = (text: string) =>
    apply(plane, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "netpol-guard", name: "netpol-guard-config" },
      data: { "config.yaml": text },
    });

  beforeAll(async () => {
    plane = await startControlPlane({ users: [OPERATOR] });
    await grantOperators(plane);
    await apply(plane, namespace("legacy"), namespace("shop"), daemonSet("kube-system", "kube-flannel-ds"));
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  it(
    "of a cluster without the guard says that nothing is enforced, and ends with 2",
    async () => {
      const { code, stdout } = await status();
      expect(code).toBe(2);
      expect(stdout).toContain("registration: none, so the guard is asked nothing and enforces nothing\n");
      expect(stdout).toContain("netpol-guard-config would not load: there is no such object");
    },
    STEP_MS,
  );

  it(
    "names exempt namespaces and why, modes, exceptions, what differs, and the network plug-in",
    async () => {
      const base = await readFile(BASE_CONFIG, "utf8");
      await configure(`${base}namespaceModes: { legacy: warn }
exceptions:
  - { rule: db-not-from-frontend, from: { namespace: tools, workload: Job/migrator }, reason: migration, owner: team-db, expires: 2999-12-31 }
`);
      await succeed(plane, ["apply", "-f", REGISTRATION]);
      const { code, stdout, stderr } = await status();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const lines = stdout.split("\n");
      expect(lines).toEqual(
        expect.arrayContaining([
          `API server: ${plane.server}`,
          expect.stringMatching(
            /^ {2}policies\.netpol-guard\.io +Fail +Service netpol-guard\/netpol-guard:443\/validate +no caBundle: calls fail$/,
          ),
          "emergency: none",
          "configuration: ConfigMap netpol-guard/netpol-guard-config, mode enforce",
          expect.stringMatching(/^ {2}default-deny +enforce +require-default-deny$/),
          expect.stringMatching(/^ {2}db-not-from-frontend +[0-9]+ days left, until 2999-12-31 +team-db: migration$/),
          expect.stringMatching(/^ {2}kube-system +exempt +exempt in the configuration \(exemptNamespaces\)$/),
          expect.stringMatching(
            /^ +exempt in the registration \(the namespaceSelector of every entry leaves it out\)$/,
          ),
          expect.stringMatching(/^ {2}legacy +warn +warn in the configuration \(namespaceModes\)/),
          expect.stringMatching(/^network policies: ignored\. Flannel enforces no NetworkPolicy/),
        ]),
      );
      expect(stdout).not.toMatch(/^ {2}shop /m);
      expect(stdout).not.toContain("shipped is");
    },
    STEP_MS,
  );

  it(
    "as JSON has the same, and tells an emergency from a difference",
    async () => {
      await startMain(["emergency", "--kubeconfig", plane.kubeconfig]).ended;
      await succeed(plane, [
        "patch",
        "validatingwebhookconfiguration",
        "netpol-guard",
        "--type=json",
        '-p=[{"op":"replace","path":"/webhooks/1/timeoutSeconds","value":3}]',
      ]);
      const { registration, namespaces, configuration } = await json("--config", BASE_CONFIG);
      expect(registration.emergency).toEqual({
        since: expect.stringMatching(/^20[0-9-]+T/),
        entries: registration.entries.map(({ name }: { readonly name: string }) => name),
      });
      expect(registration.entries.map(({ differences }: { readonly differences: unknown }) => differences)).toEqual([
        [],
        ["timeoutSeconds is 3, shipped is 10"],
        [],
        [],
        [],
      ]);
      expect(configuration).toMatchObject({ source: BASE_CONFIG, mode: "enforce", exceptions: [] });
      expect(namespaces.map(({ name }: { readonly name: string }) => name)).toEqual([
        "kube-node-lease",
        "kube-system",
        "netpol-guard",
      ]);
    },
    STEP_MS,
  );

  it(
    "of a configuration that would not load says where, tells the rest, and ends with 2",
    async () => {
      const broken = (await readFile(BASE_CONFIG, "utf8")).replace("mode: enforce", "mode: strict");
      await succeed(plane, ["delete", "validatingwebhookconfiguration", "netpol-guard"]);
      await configure(broken);
      const { code, stdout } = await status();
      expect(code).toBe(2);
      expect(stdout).toMatch(
        /^configuration: .* would not load: config\.yaml:4: mode: expected one of .*, found "strict";/m,
      );
      expect(stdout).toMatch(/^network policies: ignored/m);
    },
    STEP_MS,
  );
});
