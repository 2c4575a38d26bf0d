import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { AdmissionResponse } from "../../src/admission/respond.ts";
import type { Mapping } from "../../src/dialects/manifest.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, warningsOf } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { defaultDeny, namespace, pod } from "./objects.ts";
import { post } from "./post.ts";
import { register } from "./register.ts";

// What the API server makes of warnings: it cuts each to 256 characters once all together pass 4,096, leaves out what
// comes after, and drops one with a control character without a word.

const STEP_MS = 60_000;
const MOST_RUNES = 256;
const MOST_RUNES_OF_ALL = 4096;

/** Three bytes in UTF-8, so that whoever counts bytes counts wrong. */
const LONG = "– ".repeat(200);

const ruleOf = (name: string, label: string, message: string): object => ({
  name,
  type: "custom",
  expression: `!("${label}" in change.labels)`,
  message,
});
const RULES = [
  { name: "default-deny", type: "require-default-deny" },
  ...Array.from({ length: 40 }, (_, index) => ruleOf(`long-${String(index)}`, "long", LONG)),
  ...Array.from({ length: 10 }, (_, index) =>
    ruleOf(`short-${String(index)}`, "short", `has no reason ${String(index)}`),
  ),
  ruleOf(
    "steering",
    "steering",
    "is \u001b[31mred\u001b[0m,\u0000 rings\u0007 and\r\nbreaks the line\u0085 twice\u2028",
  ),
  ruleOf("after", "steering", "comes after"),
];

const runes = (text: string): number => [...text].length;

describeControlPlane("the warnings of one request", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  /** What kubectl prints for a pod with this label, beside what the guard answers for the same. */
  const warnedAbout = async (label: string): Promise<Record<"printed" | "answered", readonly string[]>> => {
    const object = pod("shop", label, { [label]: "yes" });
    const { body } = await post(guard, JSON.stringify(reviewOf("CREATE", object as Mapping, undefined)));
    const { response } = body as { readonly response: AdmissionResponse };
    return { printed: warningsOf(await apply(plane, object)), answered: response.warnings ?? [] };
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, namespace("shop"), defaultDeny("shop"));
    const config = join(scratchDirectory, "warnings.json");
    const head = { apiVersion: "netpol-guard.io/v1alpha1", kind: "GuardConfiguration", mode: "warn" };
    await writeFile(config, JSON.stringify({ ...head, rules: RULES }));
    guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfig] });
    await register(plane, guard);
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "come whole, and the last counts the others, where all together are too long",
    async () => {
      const { printed, answered } = await warnedAbout("long");
      expect(printed).toEqual(answered);
      const [last = "", ...others] = printed.toReversed();
      expect(last).toBe(`+${String(40 - others.length)} more`);
      expect(others.toReversed().map((text) => /^\[(.+?)\]/.exec(text)?.[1])).toEqual(
        others.map((_, index) => `custom/long-${String(index)}`),
      );
      expect(new Set(others.map(runes))).toEqual(new Set([MOST_RUNES]));
      const all = printed.map(runes).reduce((sum, count) => sum + count, 0);
      expect(all).toBeLessThanOrEqual(MOST_RUNES_OF_ALL);
      expect(all + MOST_RUNES).toBeGreaterThan(MOST_RUNES_OF_ALL);
    },
    STEP_MS,
  );

  it(
    "all come where they are short",
    async () => {
      const { printed, answered } = await warnedAbout("short");
      expect(printed).toEqual(answered);
      expect(printed).toEqual(
        Array.from(
          { length: 10 },
          (_, index) => `[custom/short-${String(index)}] Pod shop/short: has no reason ${String(index)}`,
        ),
      );
    },
    STEP_MS,
  );

  it(
    "come without what would steer a terminal or have them dropped",
    async () => {
      const { printed, answered } = await warnedAbout("steering");
      expect(printed).toEqual(answered);
      expect(printed).toEqual([
        "[custom/steering] Pod shop/steering: is  [31mred [0m,  rings  and breaks the line  twice ",
        "[custom/after] Pod shop/steering: comes after",
      ]);
    },
    STEP_MS,
  );
});
