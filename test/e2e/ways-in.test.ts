import { beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, snapshot, succeed, warningsOf } from "./kubectl.ts";
import { pod, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 60_000;

const DEFAULT_DENY = "require-default-deny/default-deny";
const PATH = "forbidden-path/db-not-from-frontend";

/** Lets pods of prod with these labels into the database. */
const intoDatabase = (name: object, matchLabels: object): object => ({
  ...policy("data", "", {
    podSelector: { matchLabels: { role: "db" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: "prod" } }, podSelector: { matchLabels } }] }],
  }),
  metadata: { namespace: "data", ...name },
});
const fromFrontend = { tier: "frontend" };

/** Lets everybody in prod out to everybody, so that no policy still to come could close the path that another opens. */
const outOfProd = policy("prod", "out", {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [{ to: [{ namespaceSelector: {} }] }],
});

describeControlPlane("a request", {}, () => {
  let plane: ControlPlane;
  const ask = (args: readonly string[], input: object = {}): Promise<CommandResult> =>
    plane.kubectl(args, { input: JSON.stringify(input) });
  const everything = (): Promise<string> => snapshot(plane, "networkpolicies,pods,namespaces", "-A");

  /** Refused by one rule, and nothing is changed. */
  const isRefused = async (rule: string, args: readonly string[], input?: object): Promise<void> => {
    const before = await everything();
    expect(outcomeOf(await ask(args, input))).toEqual({ code: 1, rules: [rule] });
    expect(await everything()).toBe(before);
  };
  const passes = async (args: readonly string[], input?: object): Promise<void> => {
    expect(await ask(args, input)).toMatchObject({ code: 0, stderr: "" });
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await apply(plane, outOfProd);
    await succeed(plane, ["create", "-f", "-"], JSON.stringify(pod("prod", "plain", fromFrontend)));
    return stop;
  }, BUILD_AND_START_MS);

  describe("that stores nothing (--dry-run=server)", () => {
    const dryRun = ["apply", "--dry-run=server", "-f", "-"];

    it.each([
      ["a policy", PATH, dryRun, intoDatabase({ name: "open" }, fromFrontend)],
      ["a label", PATH, ["label", "--dry-run=server", "pod", "plain", "-n", "prod", "role=backend"], {}],
    ])("is refused as if it did: %s", (_what, rule, args, input) => isRefused(rule, args, input), STEP_MS);

    it(
      "is warned about where a policy still to come could cure it",
      async () => {
        const remove = ["delete", "--dry-run=server", "networkpolicy", "default-deny", "-n", "data"];
        const result = await ask(remove);
        expect(result.code).toBe(0);
        expect(warningsOf(result)).toEqual([expect.stringContaining(`[${DEFAULT_DENY}] `)]);
      },
      STEP_MS,
    );

    it(
      "does not count later",
      async () => {
        await passes(dryRun, intoDatabase({ name: "visitors" }, { visitor: "yes" }));
        await passes(["apply", "-f", "-"], pod("prod", "visitor", { tier: "frontend", visitor: "yes" }));
      },
      STEP_MS,
    );
  });

  describe("that the server merges (--server-side)", () => {
    const serverSide = ["apply", "--server-side", "--field-manager=team", "-f", "-"];
    const mine = { name: "mine" };

    it("is refused where it creates", () => isRefused(PATH, serverSide, intoDatabase(mine, fromFrontend)), STEP_MS);

    it(
      "is refused where it updates what it made itself",
      async () => {
        await passes(serverSide, intoDatabase(mine, { tier: "backend" }));
        await isRefused(PATH, serverSide, intoDatabase(mine, fromFrontend));
        await passes(serverSide, intoDatabase(mine, { tier: "worker" }));
      },
      STEP_MS,
    );

    it(
      "is refused where it adds a label to what another one made",
      async () => {
        const labelled = (labels: object): object => ({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { namespace: "prod", name: "plain", labels },
        });
        await isRefused(PATH, serverSide, labelled({ role: "backend" }));
        await passes(serverSide, labelled({ note: "mine" }));
      },
      STEP_MS,
    );
  });

  describe("whose name the server makes up (generateName)", () => {
    const made = { generateName: "made-" };
    const createIt = ["create", "-f", "-"];

    it("is refused as any other", () => isRefused(PATH, createIt, intoDatabase(made, fromFrontend)), STEP_MS);

    it(
      "counts for the next one",
      async () => {
        await passes(createIt, intoDatabase(made, { guest: "yes" }));
        await isRefused(PATH, createIt, {
          ...pod("prod", "", { tier: "frontend", guest: "yes" }),
          metadata: { namespace: "prod", labels: { tier: "frontend", guest: "yes" }, ...made },
        });
      },
      STEP_MS,
    );
  });
});
