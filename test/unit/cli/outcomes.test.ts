import { describe, expect, it } from "vitest";
import { check } from "../../../src/cli/check.ts";
import { scan } from "../../../src/cli/scan.ts";
import { judge } from "../../../src/guard/guard.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { changeOf, configured, stateOf } from "../guard/requests.ts";
import { runInProcess } from "./in-process.ts";
import { scratch } from "./scratch.ts";

// What a policy could still cure is a warning on a template, and none in a finished state.
// Ways around a rule, each with its one outcome: the same from the webhook, `check` and `scan`.

const RULES = `
rules:
  - { name: db-not-from-tools, type: forbidden-path, from: { namespaces: [tools] }, to: { podSelector: { matchLabels: { role: db } } } }
exceptions:
  - rule: db-not-from-tools
    from: { namespace: tools, workload: Job/migrator, serviceAccount: migrator }
    to: { namespace: shop, workload: StatefulSet/db }
    reason: the yearly move
    owner: dba
    expires: 2099-01-31
  - rule: db-not-from-tools
    from: { namespace: tools, workload: Job/old, serviceAccount: migrator }
    to: { namespace: shop, workload: StatefulSet/db }
    reason: the move of another year
    owner: dba
    expires: 2001-01-31
`;

const object = (
  kind: string,
  namespace: string,
  name: string,
  metadata: string,
  spec: string,
  apiVersion = "v1",
): string =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { namespace: ${namespace}, name: ${name}, ${metadata} }, spec: ${spec} }\n`;
const POD = "{ containers: [{ name: main, image: x }] }";
const MIGRATOR = "{ serviceAccountName: migrator, containers: [{ name: main, image: x }] }";
const jobOwner = (uid: string, name = "migrator"): string =>
  `ownerReferences: [{ apiVersion: batch/v1, kind: Job, name: ${name}, uid: ${uid}, controller: true }]`;

const DB = object(
  "StatefulSet",
  "shop",
  "db",
  "uid: db-uid",
  `{ template: { metadata: { labels: { role: db } }, spec: ${POD} } }`,
  "apps/v1",
);
const JOB = object("Job", "tools", "migrator", "uid: job-uid", `{ template: { spec: ${MIGRATOR} } }`, "batch/v1");
const OLD_JOB = JOB.replace("name: migrator", "name: old").replace("job-uid", "old-uid");

const CASES: readonly (readonly [what: string, state: readonly string[], asked: string, effect: Finding["effect"]])[] =
  [
    [
      "the pod that is excepted",
      [DB, JOB],
      object("Pod", "tools", "migrator-x", jobOwner("job-uid"), MIGRATOR),
      "audit",
    ],
    ["another pod", [DB], object("Pod", "tools", "web", "labels: {}", POD), "deny"],
    [
      "a pod with the name of an exception's workload",
      [DB, JOB],
      object("Pod", "tools", "migrator", "labels: {}", MIGRATOR),
      "deny",
    ],
    [
      "a workload of another kind with its name",
      [DB],
      object("Deployment", "tools", "migrator", "uid: d", `{ template: { spec: ${MIGRATOR} } }`, "apps/v1"),
      "warn",
    ],
    [
      "the pod that was excepted, after the last day",
      [DB, OLD_JOB],
      object("Pod", "tools", "old-x", jobOwner("old-uid", "old"), MIGRATOR),
      "deny",
    ],
    ["a forged owner", [DB, JOB], object("Pod", "tools", "forged", jobOwner("no-such-uid"), MIGRATOR), "deny"],
    [
      "a label that says it is exempt",
      [DB],
      object("Pod", "tools", "web", 'labels: { "netpol-guard.io/exempt": "true" }', POD),
      "deny",
    ],
    [
      "an annotation that says so",
      [DB],
      object("Pod", "tools", "web", 'annotations: { "netpol-guard.io/exempt": "true" }', POD),
      "deny",
    ],
  ];

const { file } = scratch();

interface Said {
  readonly code: string;
  readonly effect: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly fix: string;
}

const wordsOf = (findings: readonly Said[]): readonly object[] =>
  findings.map(({ code, message, details, fix }) => ({ code, message, details, fix }));

const reported = (stdout: string): readonly Said[] =>
  (JSON.parse(stdout) as { readonly findings: readonly Said[] }).findings;

const config = (): string =>
  file("config.yaml", `apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n${RULES}`);

const webhook = (
  state: readonly string[],
  asked: string,
  operation: "CREATE" | "UPDATE" = "CREATE",
): readonly Finding[] => {
  const verdict = judge(
    stateOf(state.join("---\n")),
    changeOf(asked, { operation }),
    configured(RULES),
    () => undefined,
    [],
    {
      ...NO_PAST,
      now: () => Date.now(),
    },
  );
  return verdict.kind === "undecided" ? expect.fail(verdict.cause.message) : verdict.findings;
};

describe("the webhook, check and scan", () => {
  it.each(CASES)("agree on %s", async (_, state, asked, effect) => {
    const answered = webhook(state, asked);
    expect(answered).toMatchObject([{ code: "forbidden-path/db-not-from-tools", effect }]);
    const said = wordsOf(answered);
    const before = file("before.yaml", state.join("---\n"));
    const change = file("change.yaml", asked);
    const checked = await runInProcess(check, ["check", change, "--base", before, "--config", config(), "-o", "json"]);
    expect(wordsOf(reported(checked.stdout))).toEqual(said);
    expect(checked.code).toBe(effect === "audit" ? 0 : 1);
    const scanned = await runInProcess(scan, ["scan", "--state", before, change, "--config", config(), "-o", "json"]);
    expect(scanned.code).toBe(checked.code);
    expect(wordsOf(reported(scanned.stdout))).toEqual(expect.arrayContaining([...said]));
  });

  it("agree on a database pod that drops its label: a word, and no refusal", async () => {
    const state = [
      object("Pod", "shop", "db", "labels: { role: db }", POD),
      object("Pod", "tools", "web", "labels: {}", POD),
    ];
    const asked = object("Pod", "shop", "db", "labels: {}", POD);
    const answered = webhook(state, asked, "UPDATE");
    expect(answered).toMatchObject([{ code: "forbidden-path/db-not-from-tools", effect: "warn" }]);
    const said = wordsOf(answered);
    const before = file("before.yaml", state.join("---\n"));
    const change = file("change.yaml", asked);
    const checked = await runInProcess(check, ["check", change, "--base", before, "--config", config(), "-o", "json"]);
    expect(wordsOf(reported(checked.stdout))).toEqual(said);
    expect(checked.code).toBe(0);
    const after = file("after.yaml", [asked, ...state.slice(1)].join("---\n"));
    expect((await runInProcess(scan, ["scan", "--state", after, "--config", config()])).code).toBe(0);
  });
});

describe("scan", () => {
  it("says so when it is told of two states", async () => {
    const asked = runInProcess(scan, ["scan", "--state", "x", "--kubeconfig", "y", "--config", config()]);
    await expect(asked).rejects.toThrow("scan: expected --state or --kubeconfig, found both");
  });

  it("ends with 1 where something would be refused, with the hash of the configuration and the days of exceptions", async () => {
    const dump = file("dump.yaml", [DB, object("Pod", "tools", "web", "labels: {}", POD)].join("---\n"));
    const { code, stdout } = await runInProcess(scan, ["scan", "--state", dump, "--config", config(), "-o", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { objects: 2, error: 2 },
      evidence: {
        configurationHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        exceptions: [
          { rule: "db-not-from-tools", expires: "2099-01-31" },
          { rule: "db-not-from-tools", expires: "2001-01-31", daysLeft: 0 },
        ],
      },
    });
  });
});
