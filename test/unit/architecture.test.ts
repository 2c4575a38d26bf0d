import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cruise, type ICruiseOptions } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const options: ICruiseOptions = await extractDepcruiseOptions(join(root, ".dependency-cruiser.cjs"));
const rules = options.ruleSet?.forbidden ?? [];

/** Every broken rule of the tree in `baseDir`, as `rule: from → to`. */
const violations = async (baseDir: string): Promise<readonly string[]> => {
  const { output } = await cruise(["src", "test"], { ...options, baseDir });
  if (typeof output === "string") throw new Error(`Expected a result, got ${output}`);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).toSorted();
};

/** Everything that the table allows, once: files and what is in them. */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  "src/model/words.ts": [],
  "src/model/ports.ts": ['import "./words.ts";'],
  "src/dialects/kubernetes.ts": ['import "../model/ports.ts";'],
  "src/engine/reach.ts": ['import "../model/ports.ts";'],
  "src/rules/rule.ts": ['import "zod";', 'import "../engine/reach.ts";', 'import "../model/words.ts";'],
  "src/rules/options.ts": ['import "zod";'],
  "src/rules/index.ts": ['import "./rule.ts";', 'import "./options.ts";'],
  "src/guard/judge.ts": [
    'import "../model/words.ts";',
    'import "../engine/reach.ts";',
    'import type { OrgRule } from "../rules/rule.ts";',
  ],
  "src/config/load.ts": [
    'import "node:fs";',
    'import "yaml";',
    'import "zod";',
    'import "../model/words.ts";',
    'import "../rules/index.ts";',
    'import "../rules/options.ts";',
    'import type { Settings } from "../guard/judge.ts";',
  ],
  "src/cluster/watch.ts": ['import "node:https";', 'import "yaml";', 'import "../engine/reach.ts";'],
  "src/admission/server.ts": ['import "node:https";', 'import "yaml";', 'import "../guard/judge.ts";'],
  "src/audit/scan.ts": ['import "../model/words.ts";', 'import "../guard/judge.ts";'],
  "src/metrics/requests.ts": ['import "prom-client";', 'import "../model/words.ts";', 'import "../guard/judge.ts";'],
  "src/report/text.ts": ['import "node:os";', 'import "../guard/judge.ts";', 'import "../dialects/kubernetes.ts";'],
  "src/cli/serve.ts": [
    "config/load",
    "cluster/watch",
    "admission/server",
    "audit/scan",
    "metrics/requests",
    "report/text",
  ].map((file) => `import "../${file}.ts";`),
  "src/main.ts": ['import "node:process";', 'import "./cli/serve.ts";'],
  "test/reference/reference.ts": ['import "node:fs";'],
  "test/unit/serve.test.ts": ['import "../../src/cli/serve.ts";', 'import "../reference/reference.ts";'],
};

/** What must not be: a file, its one line, and the broken rules as `rule → to`. */
const PLANTS: readonly (readonly [file: string, line: string, broken: readonly string[]])[] = [
  ["src/model/clock.ts", 'import "node:fs";', ["model-imports → fs"]],
  ["src/model/clock-type.ts", 'import type { Stats } from "fs";', ["model-imports → fs"]],
  ["src/model/builtin.ts", 'process.getBuiltinModule("node:fs");', ["model-imports → fs"]],
  ["src/model/schema.ts", 'import "zod";', ["model-imports → node_modules/zod/index.js"]],
  ["src/model/lazy.ts", 'await import("../engine/reach.ts");', ["model-imports → src/engine/reach.ts"]],
  ["src/dialects/far.ts", 'export * from "../engine/reach.ts";', ["dialects-imports → src/engine/reach.ts"]],
  ["src/engine/far.ts", 'import "../dialects/kubernetes.ts";', ["engine-imports → src/dialects/kubernetes.ts"]],
  ["src/rules/far.ts", 'import type { A } from "../guard/judge.ts";', ["rules-imports → src/guard/judge.ts"]],
  ["src/rules/file.ts", 'import "yaml";', ["rules-imports → node_modules/yaml/index.js"]],
  ["src/guard/schema.ts", 'import "zod";', ["guard-imports → node_modules/zod/index.js"]],
  ["src/guard/list.ts", 'import type { A } from "../rules/index.ts";', ["guard-imports → src/rules/index.ts"]],
  [
    "src/guard/value.ts",
    'import type { A } from "../rules/rule.ts"; import { b } from "../rules/rule.ts";',
    ["guard-takes-the-rule-type-only → src/rules/rule.ts"],
  ],
  ["src/config/judge.ts", 'import "../guard/judge.ts";', ["config-takes-guard-types-only → src/guard/judge.ts"]],
  ["src/config/one-rule.ts", 'import "../rules/far.ts";', ["config-imports → src/rules/far.ts"]],
  ["src/cluster/far.ts", 'import "../admission/server.ts";', ["cluster-imports → src/admission/server.ts"]],
  ["src/admission/far.ts", 'import "../rules/index.ts";', ["admission-imports → src/rules/index.ts"]],
  ["src/admission/index.ts", 'import "../engine/reach.ts";', ["admission-imports → src/engine/reach.ts"]],
  ["src/audit/far.ts", 'import "../engine/reach.ts";', ["audit-imports → src/engine/reach.ts"]],
  ["src/metrics/far.ts", 'import "../admission/server.ts";', ["metrics-imports → src/admission/server.ts"]],
  [
    "src/admission/count.ts",
    'import "prom-client";',
    ["only-metrics-imports-prom-client → node_modules/prom-client/index.js"],
  ],
  [
    "src/report/far.ts",
    'import "../cli/serve.ts";',
    ["report-imports → src/cli/serve.ts", "only-main-imports-cli → src/cli/serve.ts"],
  ],
  ["src/cli/far.ts", 'import "../main.ts";', ["cli-imports → src/main.ts"]],
  ["src/utils/text.ts", 'import "../model/words.ts";', ["known-folders → src/model/words.ts"]],
  ["src/cli/ping.ts", 'import "./pong.ts";', ["no-cycles → src/cli/pong.ts"]],
  ["src/cli/pong.ts", 'import type { A } from "./ping.ts";', []],
  ["src/cli/left-over.ts", "", ["no-orphans → src/cli/left-over.ts"]],
  [
    "src/cli/test.ts",
    'import "../../test/reference/reference.ts";',
    ["cli-imports → test/reference/reference.ts", "no-tests-in-the-product → test/reference/reference.ts"],
  ],
  [
    "src/cli/tool.ts",
    'import "vitest";',
    ["cli-imports → node_modules/vitest/index.js", "only-declared-dependencies → node_modules/vitest/index.js"],
  ],
  ["src/cli/typo.ts", 'import "./serv.ts";', ["cli-imports → ./serv.ts", "resolvable → ./serv.ts"]],
  ["test/reference/far.ts", 'import "../../src/model/ports.ts";', ["reference-stands-alone → src/model/ports.ts"]],
];

describe("the architecture", () => {
  it("is that of .dependency-cruiser.cjs", async () => {
    expect(await violations(root)).toEqual([]);
  });

  it("has a reason for every rule", () => {
    expect(rules.filter(({ comment = "" }) => comment.length < 20)).toEqual([]);
    expect(rules.filter(({ severity }) => severity !== "error")).toEqual([]);
  });
});

describe("the architecture's check", () => {
  let directory = "";
  const write = (file: string, lines: readonly string[]): void => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), `${lines.join("\n")}\n`);
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "netpol-guard-architecture-"));
    write("package.json", [
      JSON.stringify({
        type: "module",
        dependencies: { "prom-client": "1", yaml: "1", zod: "1" },
        devDependencies: { vitest: "1" },
      }),
    ]);
    for (const name of ["prom-client", "vitest", "yaml", "zod"]) {
      write(`node_modules/${name}/package.json`, [JSON.stringify({ name, version: "1.0.0", main: "index.js" })]);
      write(`node_modules/${name}/index.js`, []);
    }
    for (const [file, lines] of Object.entries(HOUSE)) write(file, lines);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it("lets everything pass that the table allows", async () => {
    expect(await violations(directory)).toEqual([]);
  });

  it("finds every violation, and nothing else", async () => {
    for (const [file, line] of PLANTS) write(file, [line]);
    const planted = PLANTS.flatMap(([file, , broken]) => broken.map((rule) => rule.replace(" →", `: ${file} →`)));
    expect(await violations(directory)).toEqual(planted.toSorted());
  });

  it("has a planted violation of every rule", () => {
    const planted = PLANTS.flatMap(([, , broken]) => broken.map((rule) => rule.split(" ")[0]));
    expect(rules.map(({ name }) => name).filter((name) => !planted.includes(name))).toEqual([]);
  });
});
