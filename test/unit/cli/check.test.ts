import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../../src/cli/check.ts";
import { OUTPUT_FORMATS } from "../../../src/report/index.ts";
import { EXAMPLES, THREE_NAMESPACES } from "../../e2e/shipped.ts";
import { runInProcess } from "./in-process.ts";
import { run } from "./program.ts";
import { scratch } from "./scratch.ts";

interface Reported {
  readonly findings: readonly {
    readonly level: string;
    readonly code: string;
    readonly object: { readonly kind: string; readonly name: string };
    readonly place: { readonly file: string; readonly line: number; readonly column: number } | null;
  }[];
  readonly order: { readonly found: boolean; readonly reason: string | null; readonly steps: readonly object[] } | null;
}

const examples = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(EXAMPLES, name));

/** Manifests of a deletion show what goes; a command line that applies manifests has none. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !name.includes("deleted"))
    .map((name) => join(folder, name));

const cases = (verdict: "bad" | "allowed"): readonly (readonly [name: string, file: string, example: string])[] =>
  examples.flatMap((example) =>
    filesOf(join(example, verdict)).map((file) => [`${basename(example)}/${basename(file)}`, file, example] as const),
  );

const checked = (...args: readonly string[]) => runInProcess(check, ["check", ...args]);

const reported = async (...args: readonly string[]): Promise<Reported & { readonly code: number | undefined }> => {
  const { code, stdout } = await checked(...args, "-o", "json");
  return { ...(JSON.parse(stdout) as Reported), code };
};

const lineAt = (file: string, line: number): string => readFileSync(file, "utf8").split("\n")[line - 1] ?? "";

const { file, path } = scratch();

const RULES = `
apiVersion: netpol-guard.io/v1alpha1
kind: GuardConfiguration
rules:
  - { name: db-not-from-web, type: forbidden-path, from: { podSelector: { matchLabels: { app: web } } }, to: { podSelector: { matchLabels: { app: db } } } }
`;
const pod = (name: string): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: ${name}, labels: { app: ${name} } } }\n`;
const policy = (name: string, spec: string): string =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: ${name} }, spec: ${spec} }\n`;
const documents = (...manifests: readonly string[]): string => manifests.join("---\n");

const DENY = policy("deny", "{ podSelector: {}, policyTypes: [Ingress, Egress] }");
const OUT = policy("out", "{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{}] }");
const IN = policy("in", "{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: {} }] }] }");

describe("the scenarios", () => {
  it.each(examples.map((example) => [basename(example), example] as const))(
    "%s: good/ alone is fine",
    async (_, example) => {
      const { code, findings } = await reported(join(example, "good"), "--config", join(example, "config.yaml"));
      expect(findings.filter(({ level }) => level === "error")).toEqual([]);
      expect(code).toBe(0);
    },
  );

  it.each(cases("bad"))("%s fails on top of good/, where the fault is written", async (_, bad, example) => {
    const options = ["--base", join(example, "good"), "--config", join(example, "config.yaml")];
    const { code, findings } = await reported(bad, ...options);
    expect(code).toBe(1);
    const errors = findings.filter(({ level }) => level === "error");
    expect(errors.map(({ place }) => place?.file)).toContain(bad);
    for (const { place } of errors) expect(lineAt(bad, place?.line ?? 0).trim()).not.toBe("");
  });

  it.each(cases("bad"))("%s fails together with good/", async (_, bad, example) => {
    expect((await checked(join(example, "good"), bad, "--config", join(example, "config.yaml"))).code).toBe(1);
  });

  it.each(cases("allowed"))("%s passes on top of good/", async (_, allowed, example) => {
    const options = ["--base", join(example, "good"), "--config", join(example, "config.yaml")];
    const { code } = await reported(allowed, ...options);
    expect(code).toBe(0);
  });

  it("are refused at the very field", async () => {
    const at = async (name: string): Promise<string> => {
      const bad = join(THREE_NAMESPACES, "bad", name);
      const options = ["--base", join(THREE_NAMESPACES, "good"), "--config", join(THREE_NAMESPACES, "config.yaml")];
      const { findings } = await reported(bad, ...options);
      return lineAt(bad, findings[0]?.place?.line ?? 0).trim();
    };
    expect(await at("everything.yaml")).toContain("cidr: 0.0.0.0/0");
    expect(await at("except-put-back-by-sibling.yaml")).toContain("cidr: 10.0.0.0/8");
    expect(await at("database-calls-home.yaml")).toContain("cidr: 203.0.113.7/32");
  });
});

describe("a change-set", () => {
  it("is judged by the state after all of it", async () => {
    const config = file("rules.yaml", RULES);
    const base = file("base.yaml", documents(DENY, pod("web"), pod("db")));
    expect((await reported(file("out.yaml", OUT), "--base", base, "--config", config)).code).toBe(0);
    expect((await reported(file("in.yaml", IN), "--base", base, "--config", config)).code).toBe(0);
    const { code, findings } = await reported(path("out.yaml"), path("in.yaml"), "--base", base, "--config", config);
    expect(code).toBe(1);
    expect(findings.map(({ object }) => object.name).sort()).toEqual(["in", "out"]);
  });

  it("is not held to what was wrong before, not even where it moves it", async () => {
    const config = file("rules.yaml", RULES);
    const base = file("base.yaml", documents(DENY, OUT, IN, pod("web"), pod("db")));
    const moved = policy(
      "in-2",
      "{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: {} }] }] }",
    );
    const closed = policy("in", "{ podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress] }");
    const { code, findings } = await reported(
      file("moved.yaml", documents(moved, closed)),
      "--base",
      base,
      "--config",
      config,
    );
    expect(findings.filter(({ level }) => level === "error")).toEqual([]);
    expect(code).toBe(0);
  });

  it("does not hide two that open the same", async () => {
    const config = file("rules.yaml", RULES);
    const base = file("base.yaml", documents(DENY, OUT, pod("web"), pod("db")));
    const twice = documents(IN, IN.replace("name: in ", "name: in-2 "));
    const { code, findings } = await reported(file("twice.yaml", twice), "--base", base, "--config", config);
    expect(code).toBe(1);
    expect(findings.filter(({ level }) => level === "error").map(({ object }) => object.name)).toEqual(["in", "in-2"]);
  });

  it("has an order in which a cluster would admit it, or none", async () => {
    const config = file("rules.yaml", RULES);
    const wrongWay = file("wrong-way.yaml", documents(pod("web"), pod("db"), DENY));
    expect((await reported(wrongWay, "--order", "--config", config)).order?.steps).toMatchObject([
      { operation: "CREATE", object: { name: "web" } },
      { operation: "CREATE", object: { name: "deny" } },
      { operation: "CREATE", object: { name: "db" } },
    ]);
    const never = file("never.yaml", documents(pod("web"), pod("db")));
    const { order } = await reported(never, "--order", "--config", config);
    expect(order).toMatchObject({ found: false, reason: expect.stringContaining("Pod shop/db is refused") as string });
  });
});

describe("manifests", () => {
  it("in a list are found where they stand", async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - ${pod("web")}  - ${pod("db")}`;
    const { findings } = await reported(file("list.yaml", list), "--config", file("rules.yaml", RULES));
    expect(findings.map(({ object, place }) => [object.name, place?.line, place?.column])).toEqual([
      ["web", 4, 5],
      ["db", 5, 5],
    ]);
  });

  it("come from standard input", async () => {
    const { code, stdout } = await run(
      ["check", "-", "--config", file("rules.yaml", RULES)],
      documents(pod("web"), pod("db")),
    );
    expect(stdout).toMatch(/^error at -:1:1, Pod shop\/web\n\[forbidden-path\/db-not-from-web\] /);
    expect(code).toBe(1);
  });

  it("that are none are a mistake, unless that is said to be fine", async () => {
    const empty = path("empty");
    mkdirSync(empty, { recursive: true });
    const config = file("rules.yaml", RULES);
    const { code, stdout, stderr } = await run(["check", empty, "--config", config]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`netpol-guard: ${empty}: expected manifests, found none (--allow-empty if that is fine)\n`);
    expect((await checked(empty, "--config", config, "--allow-empty")).code).toBe(0);
  });
});

describe("the exit code", () => {
  it.each(OUTPUT_FORMATS.map(({ name }) => [name]))("is the same in format %s", async (name) => {
    const config = file("rules.yaml", RULES);
    const bad = file("bad.yaml", documents(pod("web"), pod("db")));
    const good = file("good.yaml", documents(DENY, pod("web"), pod("db")));
    expect((await checked(bad, "--config", config, "-o", name)).code).toBe(1);
    expect((await checked(good, "--config", config, "-o", name)).code).toBe(0);
  });

  it("goes by the level that is asked for", async () => {
    const bad = file("bad.yaml", documents(pod("web"), pod("db")));
    const warning = file("warning.yaml", `${RULES}mode: warn\n`);
    expect((await checked(bad, "--config", warning)).code).toBe(0);
    expect((await checked(bad, "--config", warning, "--fail-on", "warning")).code).toBe(1);
    expect((await checked(bad, "--config", warning, "--as", "enforce")).code).toBe(1);
    expect((await checked(bad, "--config", file("rules.yaml", RULES), "--warn-only")).code).toBe(0);
  });
});

it.each([
  [["--base", "-"], "expected standard input once, found it twice"],
  [["--base", "x", "--cluster"], "expected --base or --cluster, found both"],
  [["--kubeconfig", "x"], "expected it beside --cluster, found it alone"],
])("options that contradict each other are named: %j", async (options, expected) => {
  const { code, stderr } = await run(["check", "-", "--config", file("rules.yaml", RULES), ...options], pod("web"));
  expect(code).toBe(2);
  expect(stderr).toContain(expected);
});
