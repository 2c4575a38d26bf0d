import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configurationSchema } from "../../../src/config/json-schema.ts";
import { parseConfiguration } from "../../../src/config/load.ts";
import { RULE_TYPES } from "../../../src/rules/index.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const FILE = resolve(ROOT, "schemas/guard-configuration.schema.json");

/** Strict: a keyword that means nothing where it stands is a mistake. */
const validator = (): ValidateFunction => {
  const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(configurationSchema());
};
const validate = validator();

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n";

/** What Helm makes a configuration of, and none itself. */
const TEMPLATES = "manifests/chart/templates/**";

/** Every configuration of the project, and some that have more fields. */
const CONFIGURATIONS: readonly (readonly [name: string, text: string])[] = [
  ...globSync("manifests/**/config.yaml", { cwd: ROOT, exclude: [TEMPLATES] })
    .sort()
    .map((file) => [file, readFileSync(resolve(ROOT, file), "utf8")] as const),
  [
    "one with every field",
    `${HEAD}
mode: audit
podCIDRs: [10.244.0.0/16]
exemptNamespaces: [kube-system]
namespaceModes: { legacy: "off" }
existingWorkloads: deny
remember: 12h
onUndecided: warn
onUnsupportedLanguage: deny
onUnenforceable: deny
rules:
  - { name: a, type: forbidden-path, mode: warn, consistency: linearizable, from: { namespaces: [a-*] }, to: { external: true }, ports: [{ port: 80, endPort: 90 }, {}] }
  - { name: b, type: required-path, from: { podSelector: { matchExpressions: [{ key: a, operator: In, values: [b] }] } }, to: { cidr: 10.0.0.0/8 }, ports: [{ port: 53 }] }
exceptions:
  - { rule: a, from: { namespace: a, workload: Job/b, serviceAccount: c }, to: { namespace: d, workload: StatefulSet/e }, reason: f, owner: g, expires: 2027-01-31 }
`,
  ],
];

/** What is wrong, as the schema can say it. */
const FAULTS: readonly (readonly [what: string, text: string])[] = [
  ["an unknown key", `${HEAD}rules: []\nruls: []`],
  ["no rules", HEAD],
  ["another kind", "apiVersion: netpol-guard.io/v1alpha1\nkind: Configuration\nrules: []"],
  ["a mode that is none", `${HEAD}mode: strict\nrules: []`],
  ["an unknown type of rule", `${HEAD}rules: [{ name: a, type: forbidden-road }]`],
  ["a key of another type of rule", `${HEAD}rules: [{ name: a, type: require-default-deny, direction: Ingress }]`],
  ["a rule without a name", `${HEAD}rules: [{ type: require-default-deny }]`],
  ["a name that is none", `${HEAD}rules: [{ name: A B, type: require-default-deny }]`],
  ["a namespace by a pattern", `${HEAD}rules: []\nnamespaceModes: { "*": warn }`],
  ["a port that is none", `${HEAD}rules: [{ name: a, type: forbidden-path, from: {}, to: {}, ports: [{ port: 0 }] }]`],
  [
    "an unknown key of a selector",
    `${HEAD}rules: [{ name: a, type: forbidden-path, from: { podSelector: { matchLables: {} } }, to: {} }]`,
  ],
  ["an exception without an owner", `${HEAD}rules: []\nexceptions: [{ rule: a, reason: b, expires: 2027-01-31 }]`],
  [
    "an exception that ends on no day",
    `${HEAD}rules: []\nexceptions: [{ rule: a, reason: b, owner: c, expires: soon }]`,
  ],
  ["a duration that is a number", `${HEAD}rules: []\nremember: 7`],
];

type Schema = Readonly<Record<string, unknown>>;

/** Every property of a schema, at any depth, by its path. */
function* propertiesOf(schema: unknown, path = ""): Iterable<readonly [string, Schema]> {
  if (Array.isArray(schema))
    for (const [index, part] of schema.entries()) yield* propertiesOf(part, `${path}/${index}`);
  else if (typeof schema === "object" && schema !== null)
    for (const [key, part] of Object.entries(schema)) {
      if (key === "properties")
        for (const [name, property] of Object.entries(part as object)) yield [`${path}/${name}`, property as Schema];
      yield* propertiesOf(part, `${path}/${key}`);
    }
}

describe("the JSON Schema of a configuration", () => {
  it("is the one that is shipped: netpol-guard config schema > schemas/guard-configuration.schema.json", () => {
    expect(readFileSync(FILE, "utf8")).toBe(`${JSON.stringify(configurationSchema(), null, 2)}\n`);
  });

  it.each(CONFIGURATIONS)("takes %s", (name, text) => {
    expect(() => parseConfiguration(text, name)).not.toThrow();
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(FAULTS)("refuses %s, as reading it does", (_what, text) => {
    expect(() => parseConfiguration(text, "guard.yaml")).toThrow(/^guard\.yaml:[0-9]+: /);
    expect(validate(parse(text))).toBe(false);
  });

  it("has every type of rule, with what it holds and where to read on", () => {
    const text = JSON.stringify(configurationSchema());
    for (const { type, summary } of RULE_TYPES)
      expect(text).toContain(JSON.stringify(`${summary} See docs/rules/${type}.md.`));
  });

  it("says of every field that is not plain Kubernetes what it is for", () => {
    const known = new Set(["apiVersion", "kind", "ipv4", "ipv6", "matchLabels", "matchExpressions", "key", "operator"]);
    const plain = new Set([
      ...known,
      "values",
      "protocol",
      "namespace",
      "namespaces",
      "serviceAccount",
      "serviceAccounts",
    ]);
    const properties = [...propertiesOf(configurationSchema())];
    expect(properties.length).toBeGreaterThan(50);
    const silent = properties.filter(
      ([path, { description }]) => description === undefined && !plain.has(path.split("/").at(-1) ?? ""),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });
});
