import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { namespace } from "./objects.ts";
import { registrationFor } from "./register.ts";
import { configurationOf, kindOf, renderFolder } from "./rendered.ts";
import { OVERLAYS } from "./shipped.ts";
import { ALWAYS_PASSES, ASKED, type Asked, CONFIGURED, worldOfStages } from "./stages/requests.ts";

// What each overlay makes of a request that breaks a rule, while its guard answers and while none does.

const STEP_MS = 60_000;
const soon = { timeout: 30_000, interval: 200 };

/** What becomes of a request, and which kind of entry keeps whose requests out while nobody answers. */
const STAGES = [
  { name: "audit", effect: "passed", waiting: [] },
  { name: "warn", effect: "warned", waiting: [] },
  { name: "enforce", effect: "refused", waiting: ["policies", "workloads", "labels"] },
  { name: "enforce-strict", effect: "refused", waiting: ["policies", "workloads", "labels", "pods"] },
  { name: "cert-manager", effect: "refused", waiting: ["policies", "workloads", "labels"] },
] as const;

describeControlPlane("a request that breaks a rule", {}, () => {
  let plane: ControlPlane;

  /** Asks for something that leaves nothing behind; says what became of it, and what said so. */
  const ask = async ({ entry, args, input = {} }: Asked): Promise<string> => {
    const { code, stderr } = await plane.kubectl([...args, "--dry-run=server"], { input: JSON.stringify(input) });
    if (stderr.includes(`failed calling webhook "${entry}.netpol-guard.io"`)) return "waits";
    if (stderr.includes(`admission webhook "${entry}.netpol-guard.io" denied the request`)) return "refused";
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^(|Warning: \[[^]*)$/) });
    return stderr === "" ? "passed" : "warned";
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("netpol-guard"), ...worldOfStages());
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  describe.each(STAGES)("under $name", ({ name, effect, waiting }) => {
    let guard: GuardProcess;

    beforeAll(async () => {
      const objects = await renderFolder(plane, `${OVERLAYS}/${name}`);
      const config = join(scratchDirectory, `${name}.yaml`);
      await writeFile(config, configurationOf(objects));
      guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfig] });
      const registration = await registrationFor(guard, kindOf(objects, "ValidatingWebhookConfiguration"));
      await succeed(plane, ["apply", "-f", "-"], JSON.stringify(registration));
    }, STEP_MS);

    it(
      "the guard is asked: a configuration that would not load is refused whatever the mode is",
      async () => {
        await expect.poll(() => ask(CONFIGURED), soon).toBe("refused");
      },
      STEP_MS,
    );

    it.each(ASKED)(
      `is ${effect}: $what`,
      async (asked) => {
        expect(await ask(asked)).toBe(effect);
      },
      STEP_MS,
    );

    describe("with no guard", () => {
      beforeAll(() => guard.stop(), STEP_MS);

      it.each([...ASKED, CONFIGURED, ...ALWAYS_PASSES])(
        "waits for one, or passes: $what",
        async (asked) => {
          const isWaiting = !asked.always && waiting.some((entry) => entry === asked.entry);
          await vi.waitFor(async () => {
            expect(await ask(asked)).toBe(isWaiting ? "waits" : "passed");
          }, soon);
        },
        STEP_MS,
      );
    });
  });
});
