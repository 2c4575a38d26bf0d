import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { RULE_TYPES } from "../../src/rules/index.ts";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Note, readNotes } from "./audit-log.ts";
import { guardPlane } from "./guarded.ts";
import { apply, warningsOf } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import type { ModeCase } from "./modes/mode-case.ts";
import { OBJECT_CASES } from "./modes/object-cases.ts";
import { PATH_CASES } from "./modes/path-cases.ts";
import { POLICY_CASES } from "./modes/policy-cases.ts";
import { MODE_RULES, typeOf } from "./modes/rules.ts";

const STEP_MS = 60_000;
const soon = { timeout: 10_000, interval: 50 };

const CASES = [...POLICY_CASES, ...PATH_CASES, ...OBJECT_CASES];
const MODES = ["enforce", "warn", "audit"] as const;
type Mode = (typeof MODES)[number];

/** The namespace of a case, under the name of its rule's type. */
const placeOf = (asked: ModeCase, mode: Mode): string =>
  `${typeOf(asked.code)}-${String(CASES.indexOf(asked))}-${mode}`;

const writeConfig = async (): Promise<string> => {
  const file = join(scratchDirectory, "modes.json");
  const places = CASES.flatMap((asked) => MODES.map((mode) => [placeOf(asked, mode), mode]));
  const head = { apiVersion: "netpol-guard.io/v1alpha1", kind: "GuardConfiguration" };
  await writeFile(file, JSON.stringify({ ...head, namespaceModes: Object.fromEntries(places), rules: MODE_RULES }));
  return file;
};

/** The first line of each finding in a refusal. */
const refusalsOf = ({ stderr }: CommandResult): readonly string[] => stderr.match(/^\[.*$/gm) ?? [];

/** How a request ends in a mode: advice is never more than a warning. */
const expectedIn = (mode: Mode, { code }: ModeCase): object => {
  const effect = mode === "audit" ? "audit" : mode === "enforce" && typeOf(code) !== "lint" ? "deny" : "warn";
  return effect === "deny"
    ? { exit: 1, isForbidden: true, status: 403, decision: "deny", findings: `deny ${code}` }
    : {
        exit: 0,
        isForbidden: false,
        status: expect.toBeOneOf([200, 201]),
        decision: "allow",
        findings: `${effect} ${code}`,
      };
};

describeControlPlane("a request that breaks a rule", {}, () => {
  let plane: ControlPlane;

  /** Sends a request, and reads back what kubectl printed and what the audit log got. */
  const ask = async (asked: ModeCase, mode: Mode): Promise<{ readonly texts: readonly string[] }> => {
    const at = placeOf(asked, mode);
    const { args, input = {} } = asked.ask(at);
    const result = await plane.kubectl(args, { input: JSON.stringify(input) });
    const notes = async (): Promise<readonly Note[]> =>
      (await readNotes(plane)).filter(({ namespace }) => namespace === at);
    await expect.poll(notes, soon).toHaveLength(1);
    const [{ code: status, decision, findings } = {}] = await notes();
    const isForbidden = result.stderr.includes("(Forbidden)");
    expect({ exit: result.code, isForbidden, status, decision, findings }).toEqual(expectedIn(mode, asked));
    return { texts: [...refusalsOf(result), ...warningsOf(result)].map((text) => text.replaceAll(at, "HERE")) };
  };

  beforeAll(async () => {
    plane = await startControlPlane({ audit: true });
    await apply(plane, ...CASES.flatMap((asked) => MODES.flatMap((mode) => asked.world(placeOf(asked, mode)))));
    return guardPlane(plane, await writeConfig());
  }, BUILD_AND_START_MS);

  it("is put to the test for rules of every type", () => {
    expect(new Set(CASES.map(({ code }) => typeOf(code)))).toEqual(new Set(RULE_TYPES.map(({ type }) => type)));
  });

  it.each(CASES.map((asked) => [`${asked.operation} of ${asked.what} against ${asked.code}`, asked] as const))(
    "is refused, or warned about in the same words, or only noted: %s",
    async (_title, asked) => {
      const [enforced, warned, audited] = await Promise.all([
        ask(asked, "enforce"),
        ask(asked, "warn"),
        ask(asked, "audit"),
      ]);
      expect(enforced.texts).toContainEqual(expect.stringContaining(`[${asked.code}] `));
      expect(enforced.texts.filter((text) => !text.startsWith(`[${asked.code}] `))).toEqual([]);
      expect(warned.texts).toEqual(enforced.texts);
      expect(audited.texts).toEqual([]);
    },
    STEP_MS,
  );
});
