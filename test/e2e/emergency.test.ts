import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { startMain } from "./main-process.ts";
import { policy } from "./objects.ts";
import { grantOperators, OPERATOR } from "./operators.ts";
import { register } from "./register.ts";
import { ONE_NAMESPACE } from "./shipped.ts";

const STEP_MS = 120_000;
const soon = { timeout: 30_000, interval: 200 };
const OPEN = policy("shop", "open", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] });
const REGISTRATION = ["validatingwebhookconfiguration", "netpol-guard"];

describeControlPlane("an emergency", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;
  let isRunning = false;

  /** Runs the command as a person with no rights but those that the documentation names. */
  const emergency = (...args: readonly string[]): Promise<CommandResult> =>
    startMain(["emergency", "--kubeconfig", plane.kubeconfigFor(OPERATOR.name), ...args]).ended;
  /** Whether the policy that opens everything would be let in: a dry run leaves nothing behind. */
  const outcome = async () =>
    outcomeOf(await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input: JSON.stringify(OPEN) }));
  const entries = async (): Promise<unknown> => JSON.parse(await snapshot(plane, ...REGISTRATION)).webhooks;
  let before: unknown;

  const REFUSED = { code: 1, rules: expect.arrayContaining(["require-default-deny/default-deny"]) };
  const ALLOWED = { code: 0, rules: [] };

  beforeAll(async () => {
    plane = await startControlPlane({ users: [OPERATOR, { name: "nobody" }], audit: true });
    await grantOperators(plane);
    guard = await startGuard({ config: `${ONE_NAMESPACE}/config.yaml`, state: ["--kubeconfig", plane.kubeconfig] });
    isRunning = true;
    await register(plane, guard);
    await succeed(plane, ["apply", "-f", `${ONE_NAMESPACE}/good`]);
    return async () => {
      if (isRunning) await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "lets in what is refused, with no reload and no restart",
    async () => {
      before = await entries();
      expect(await outcome()).toEqual(REFUSED);
      const { code, stdout, stderr } = await emergency();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.split("\n").slice(0, 6)).toEqual([
        `ValidatingWebhookConfiguration netpol-guard on ${plane.server}:`,
        "  policies.netpol-guard.io: Fail /validate -> Ignore /audit",
        "  pods.netpol-guard.io: Ignore /validate -> Ignore /audit",
        "  workloads.netpol-guard.io: Fail /validate -> Ignore /audit",
        "  labels.netpol-guard.io: Fail /validate -> Ignore /audit",
        "  config.netpol-guard.io: Ignore /validate -> Ignore /audit",
      ]);
      await expect.poll(outcome, soon).toEqual(ALLOWED);
      expect(guard.stderr()).not.toContain("configuration reloaded");
    },
    STEP_MS,
  );

  it(
    "notes in the audit log what it lets in",
    async () => {
      const noted = async (): Promise<string> => readFile(plane.auditLog ?? "", "utf8");
      await expect
        .poll(noted, soon)
        .toMatch(/"policies\.netpol-guard\.io\/findings":"[^"]*audit require-default-deny\/default-deny/);
    },
    STEP_MS,
  );

  it(
    "that is declared twice is the same",
    async () => {
      const during = await snapshot(plane, ...REGISTRATION);
      expect(await emergency()).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("in an emergency already, nothing to do"),
      });
      expect(await snapshot(plane, ...REGISTRATION)).toBe(during);
    },
    STEP_MS,
  );

  it(
    "ends with all as it was before, and what was refused is refused again",
    async () => {
      expect(await emergency("--undo")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("  policies.netpol-guard.io: Ignore /audit -> Fail /validate\n"),
      });
      expect(await entries()).toEqual(before);
      expect(await snapshot(plane, ...REGISTRATION)).not.toContain("netpol-guard.io/emergency");
      await expect.poll(outcome, soon).toEqual(REFUSED);
    },
    STEP_MS,
  );

  it(
    "that is over cannot be ended",
    async () => {
      expect(await emergency("--undo")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("no emergency, nothing to undo"),
      });
    },
    STEP_MS,
  );

  it(
    "can be declared while the guard is down, when nothing can be changed without it",
    async () => {
      await guard.stop();
      isRunning = false;
      expect(await outcome()).toEqual({ code: 1, rules: [] });
      expect(await emergency()).toMatchObject({ code: 0 });
      await expect.poll(outcome, soon).toEqual(ALLOWED);
    },
    STEP_MS,
  );

  it(
    "cannot be declared by somebody without the rights",
    async () => {
      expect(await startMain(["emergency", "--kubeconfig", plane.kubeconfigFor("nobody")]).ended).toEqual({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(
          /^netpol-guard: read ValidatingWebhookConfiguration netpol-guard: 403 Forbidden: .*\n$/,
        ),
      });
    },
    STEP_MS,
  );

  it(
    "cannot be declared where there is no registration",
    async () => {
      await succeed(plane, ["delete", ...REGISTRATION]);
      expect(await emergency()).toEqual({
        code: 2,
        stdout: "",
        stderr: `netpol-guard: ${plane.server}: expected a ValidatingWebhookConfiguration netpol-guard, found none: the guard is asked nothing there\n`,
      });
      await expect.poll(outcome, soon).toEqual(ALLOWED);
    },
    STEP_MS,
  );
});
