import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type ExampleCase, readExamples } from "../demo/cases.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { refusedBy, snapshot, succeed } from "./kubectl.ts";
import { markRunning } from "./objects.ts";
import { register } from "./register.ts";
import { EXAMPLES } from "./shipped.ts";

/** A dozen calls of kubectl, each given many times what it takes on two busy cores. */
const STEP_MS = 120_000;

const examples = await readExamples(EXAMPLES);

const request = ({ operation, file }: ExampleCase): readonly string[] =>
  operation === "DELETE" ? ["delete", "-f", file] : ["apply", "-f", file];

const undo = ({ operation, file }: ExampleCase, good: string): readonly string[] =>
  operation === "CREATE" ? ["delete", "--now", "-f", file] : ["apply", "-f", good];

const titled = (cases: readonly ExampleCase[]): readonly [string, ExampleCase][] =>
  cases.map((example) => [`${example.operation} ${basename(example.file)}`, example]);

describeControlPlane("a scenario on a real API server", {}, () => {
  let plane: ControlPlane;
  let addresses = 0;

  beforeAll(async () => {
    plane = await startControlPlane();
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  describe.each(examples)("$name", ({ name, config, good, cases }) => {
    const goodFolder = join(EXAMPLES, name, "good");
    const pods = good.filter(({ value }) => value["kind"] === "Pod").map(({ value }) => value["metadata"] as Pod);
    let guard: GuardProcess;
    let codes: ReadonlyMap<string, string>;

    beforeAll(async () => {
      const { rules } = parse(await readFile(config, "utf8")) as { rules: readonly Record<"type" | "name", string>[] };
      codes = new Map(rules.map((rule) => [rule.name, `${rule.type}/${rule.name}`]));
      guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfig] });
      await register(plane, guard);
    }, STEP_MS);
    afterAll(() => guard.stop(), STEP_MS);

    it(
      "admits good/ in one apply",
      async () => {
        const { stderr } = await succeed(plane, ["apply", "-f", goodFolder]);
        expect(stderr).toBe("");
        for (const { namespace, name: own } of pods) {
          const ip = `10.244.0.${String((addresses += 1))}`;
          await markRunning(plane, namespace, own, ip);
        }
        const columns = "custom-columns=NS:.metadata.namespace,NAME:.metadata.name,PHASE:.status.phase";
        const { stdout } = await succeed(plane, ["get", "pods", "-A", "--no-headers", "-o", columns]);
        const running = stdout.split("\n").map((line) => line.split(/\s+/).slice(0, 3).join(" "));
        expect(running).toEqual(
          expect.arrayContaining(pods.map(({ namespace, name: own }) => `${namespace} ${own} Running`)),
        );
      },
      STEP_MS,
    );

    it.each(titled(cases.filter(({ rules }) => rules.length > 0)))(
      "refuses bad: %s",
      async (_title, refused) => {
        const before = await snapshot(plane, "-f", refused.file);
        const result = await plane.kubectl(request(refused));
        expect(refusedBy(result)).toEqual(refused.rules.map((rule) => codes.get(rule)).sort());
        expect(result.code).toBe(1);
        expect(result.stdout).toBe("");
        expect(await snapshot(plane, "-f", refused.file)).toBe(before);
      },
      STEP_MS,
    );

    it.each(titled(cases.filter(({ rules }) => rules.length === 0)))(
      "admits allowed: %s",
      async (_title, allowed) => {
        const before = await snapshot(plane, "-f", allowed.file);
        await succeed(plane, request(allowed));
        const after = await snapshot(plane, "-f", allowed.file);
        expect(after).not.toBe(before);
        expect([before === "", after === ""]).toEqual([allowed.operation === "CREATE", allowed.operation === "DELETE"]);
        await succeed(plane, undo(allowed, goodFolder));
      },
      STEP_MS,
    );

    it(
      "leaves good/ as it was",
      async () => {
        const { stdout } = await succeed(plane, ["apply", "-f", goodFolder]);
        expect(stdout.trim().split("\n")).toEqual(good.map(() => expect.stringMatching(/ unchanged$/)));
      },
      STEP_MS,
    );
  });
});

interface Pod {
  readonly namespace: string;
  readonly name: string;
}
