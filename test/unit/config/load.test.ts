import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfiguration, parseConfiguration } from "../../../src/config/load.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import { RULE_TYPES } from "../../../src/rules/index.ts";

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n";
const parse = (yaml: string) => parseConfiguration(yaml, "guard.yaml");

/** The error for a configuration, `line: what`. */
const errorOf = (yaml: string): string => {
  try {
    parse(yaml);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    expect(error.message).toMatch(/^guard\.yaml:[0-9]+: [^\n]+$/);
    return error.message.slice("guard.yaml:".length);
  }
  return "no error";
};

const PATH = "{ name: path, type: forbidden-path, from: {}, to: {} }";

describe("a configuration that is as short as may be", () => {
  const { settings, notes } = parse(`${HEAD}rules: []`);

  it("has a default for everything else", () => {
    expect(settings).toEqual({
      mode: "enforce",
      exemptNamespaces: new Set(),
      namespaceModes: new Map(),
      existingWorkloads: "warn",
      onUndecided: "deny",
      onUnsupportedLanguage: "warn",
      onUnenforceable: "warn",
      exceptions: [],
      remember: 7 * 86_400_000,
      rules: [],
    });
    expect(notes).toEqual([]);
  });

  it.each([
    ["require-default-deny", ""],
    ["restrict-ip-blocks", "direction: Ingress"],
    ["forbidden-path", "from: {}, to: {}"],
  ])("takes a %s rule without more than it needs", (type, options) => {
    const { rules } = parse(`${HEAD}rules: [{ name: a, type: ${type}, ${options} }]`).settings;
    expect(rules).toMatchObject([{ name: "a", type, mode: undefined }]);
  });
});

describe("a configuration with all of its fields", () => {
  const { settings, notes } = parse(`${HEAD}
mode: audit
podCIDRs: [10.244.0.0/16, "fd00:10:244::/56"]
exemptNamespaces: [kube-system, netpol-guard]
namespaceModes: { legacy: warn, sandbox: "off" }
existingWorkloads: deny
remember: 12h
onUndecided: warn
onUnsupportedLanguage: deny
onUnenforceable: deny
rules:
  - { name: a, type: require-default-deny, directions: [Egress], mode: warn, consistency: cached }
  - name: b
    type: restrict-ip-blocks
    direction: Egress
    mustExclude: [10.0.0.0/8, "fc00::/7"]
    opening: { ipv4: 0, ipv6: 0 }
    tolerate: { ipv4: 32 }
    consistency: confirm
  - name: c
    type: forbidden-path
    from:
      namespaceSelector: { matchLabels: { tier: frontend }, matchExpressions: [{ key: a, operator: Exists }] }
      podSelector: { matchExpressions: [{ key: a, operator: NotIn, values: [b, c] }] }
      namespaces: [team-*]
      serviceAccounts: [web]
    to: { external: true }
    ports: [{ port: 80, endPort: 90 }, { protocol: UDP }, {}]
    consistency: linearizable
exceptions:
  - rule: c
    from: { namespace: tools, workload: Job/migrator, serviceAccount: migrator }
    to: { namespace: shop, workload: StatefulSet/db }
    reason: it moves the data
    owner: team-db
    expires: 2027-01-31
`);

  it("is read as it says", () => {
    expect(settings).toMatchObject({
      mode: "audit",
      exemptNamespaces: new Set(["kube-system", "netpol-guard"]),
      namespaceModes: new Map([
        ["legacy", "warn"],
        ["sandbox", "off"],
      ]),
      existingWorkloads: "deny",
      onUndecided: "warn",
      onUnsupportedLanguage: "deny",
      onUnenforceable: "deny",
    });
    expect(settings.rules.map(({ name, type, mode }) => [name, type, mode])).toEqual([
      ["a", "require-default-deny", "warn"],
      ["b", "restrict-ip-blocks", undefined],
      ["c", "forbidden-path", undefined],
    ]);
  });

  it("has its exceptions with exact ends, to the end of their last day", () => {
    expect(settings.exceptions).toEqual([
      {
        rule: "c",
        from: { namespace: "tools", kind: "Job", name: "migrator", serviceAccount: "migrator" },
        to: { namespace: "shop", kind: "StatefulSet", name: "db", serviceAccount: "default" },
        reason: "it moves the data",
        owner: "team-db",
        expires: Date.parse("2027-02-01T00:00:00Z"),
      },
    ]);
    expect(notes).toEqual([]);
  });

  it("names exceptions that have expired", () => {
    const expired = `exceptions: [{ rule: a, from: { namespace: x, workload: Job/y }, reason: r, owner: dba, expires: 2020-01-01 }]`;
    const loaded = parseConfiguration(`${HEAD}rules: [{ name: a, type: lint }]\n${expired}`, "config.yaml");
    expect(loaded.notes).toEqual(["the exception of dba from a has expired: what it covered is refused"]);
  });
});

describe("a duration", () => {
  it.each(["30s", "15m", "12h", "7d", "0s"])("%s is one", (text) => {
    expect(errorOf(`${HEAD}remember: ${text}\nrules: []`)).toBe("no error");
  });

  it.each(["7", "7w", "1d12h", "-7d", "d", "7 d", "1.5d", "''"])("%s is none", (text) => {
    expect(errorOf(`${HEAD}remember: ${text}\nrules: []`)).toMatch(/^3: remember: expected/);
  });
});

describe("an error", () => {
  it.each([
    ["nothing at all", "", /^1: expected .*(mapping|object)/],
    ["a comment", "# nothing\n", /^1: expected .*(mapping|object)/],
    ["null", "null", /^1: expected .*(mapping|object)/],
    ["a list", "- a\n", /^1: expected .*(mapping|object)/],
    ["a text", "mode", /^1: expected .*(mapping|object)/],
    [
      "no apiVersion",
      "kind: GuardConfiguration\nrules: []",
      /apiVersion: expected .*netpol-guard\.io\/v1alpha1.*, found nothing/,
    ],
    [
      "another apiVersion",
      "apiVersion: v1\nkind: GuardConfiguration\nrules: []",
      /^1: apiVersion: expected .*netpol-guard\.io\/v1alpha1.*, found "v1"$/,
    ],
    ["no kind", "apiVersion: netpol-guard.io/v1alpha1\nrules: []", /kind: expected .*GuardConfiguration/],
    [
      "another kind",
      "apiVersion: netpol-guard.io/v1alpha1\nkind: Configuration\nrules: []",
      /^2: kind: expected .*GuardConfiguration.*, found "Configuration"$/,
    ],
    ["no rules", HEAD, /rules: expected .*, found nothing/],
    ["rules that are a mapping", `${HEAD}rules: {}`, /^3: rules: expected (an )?array/],
    [
      "many unknown keys",
      `${HEAD}rules: []\na: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1`,
      /^4: unknown key "a", "b", "c", "d", "e" and 2 more$/,
    ],
    ["a long text", `${HEAD}rules: [${"x".repeat(100)}]`, /^3: rules\[0\]: expected object, found "x{80}…"$/],
    ["an unknown key", `${HEAD}rules: []\n\nruls: []`, /^5: unknown key "ruls"$/],
    [
      "an unknown key of a rule",
      `${HEAD}rules:\n  - name: a\n    type: forbidden-path\n    from: {}\n    to: {}\n    form: {}`,
      /^8: rules\[0\]: unknown key "form"$/,
    ],
    [
      "an unknown key of a selector",
      `${HEAD}rules:\n  - name: a\n    type: forbidden-path\n    to: {}\n    from:\n      podSelector:\n        matchLables: {}`,
      /^9: rules\[0\]\.from\.podSelector: unknown key "matchLables"$/,
    ],
    [
      "a key of another rule type",
      `${HEAD}rules:\n  - { name: a, type: require-default-deny, direction: Ingress }`,
      /^4: rules\[0\]: unknown key "direction"$/,
    ],
    [
      "a mode that is none",
      `${HEAD}mode: strict\nrules: []`,
      /^3: mode: expected one of "enforce"\|"warn"\|"audit"\|"off", found "strict"$/,
    ],
    ["a mode that YAML 1.1 would read as false", `${HEAD}mode: no\nrules: []`, /^3: mode: expected one of/],
    [
      "a mode of a namespace that is none",
      `${HEAD}rules: []\nnamespaceModes:\n  a: warn\n  b: silent`,
      /^6: namespaceModes\.b: expected one of .*, found "silent"$/,
    ],
    [
      "a namespace that can be none",
      `${HEAD}rules: []\nexemptNamespaces:\n  - kube-system\n  - kube-*`,
      /^6: exemptNamespaces\[1\]: expected a lower-case DNS label.*, found "kube-\*"$/,
    ],
    [
      "a name of a namespace mode that can be none",
      `${HEAD}rules: []\nnamespaceModes: { "*": warn }`,
      /^4: namespaceModes\.\*: .*expected a lower-case DNS label/,
    ],
    [
      "existingWorkloads that are neither",
      `${HEAD}existingWorkloads: enforce\nrules: []`,
      /^3: existingWorkloads: expected one of "deny"\|"warn", found "enforce"$/,
    ],
    [
      "onUndecided that is allow",
      `${HEAD}onUndecided: allow\nrules: []`,
      /^3: onUndecided: expected one of "deny"\|"warn", found "allow"$/,
    ],
    ["a duration that is a number", `${HEAD}remember: 7\nrules: []`, /^3: remember: expected .*, found 7$/],
    [
      "a CIDR that is an address",
      `${HEAD}rules: []\npodCIDRs: [10.244.0.0]`,
      /^4: podCIDRs\[0\]: expected a CIDR such as 10\.0\.0\.0\/8, found "10\.244\.0\.0"$/,
    ],
    [
      "a CIDR with too many bits",
      `${HEAD}rules: []\npodCIDRs:\n  - 10.244.0.0/16\n  - 10.0.0.0/33`,
      /^6: podCIDRs\[1\]: expected a CIDR.*found "10\.0\.0\.0\/33"$/,
    ],
    [
      "a CIDR with an octet too large",
      `${HEAD}rules: []\npodCIDRs: [10.256.0.0/16]`,
      /^4: podCIDRs\[0\]: expected a CIDR/,
    ],
    ["a CIDR that is a number", `${HEAD}rules: []\npodCIDRs: [10]`, /^4: podCIDRs\[0\]: expected string, found 10$/],
    ["a CIDR with host bits", `${HEAD}rules: []\npodCIDRs: [10.244.1.0/16]`, /^4: podCIDRs\[0\]: expected/],
    [
      "an unknown type",
      `${HEAD}rules:\n  - name: a\n    type: forbid-path`,
      new RegExp(
        `^5: rules\\[0\\]\\.type: expected one of ${RULE_TYPES.map(({ type }) => type).join(", ")}, found "forbid-path"$`,
      ),
    ],
    ["no type", `${HEAD}rules:\n  - name: a`, /^4: rules\[0\]\.type: expected one of .*, found nothing$/],
    [
      "no name",
      `${HEAD}rules:\n  - type: require-default-deny`,
      /^4: rules\[0\]\.name: expected string, found nothing$/,
    ],
    [
      "a name that is none",
      `${HEAD}rules:\n  - type: require-default-deny\n    name: No Such`,
      /^5: rules\[0\]\.name: expected a lower-case DNS label.*, found "No Such"$/,
    ],
    ["a rule that is a text", `${HEAD}rules:\n  - require-default-deny`, /^4: rules\[0\]: expected/],
    [
      "no direction",
      `${HEAD}rules:\n  - { name: a, type: restrict-ip-blocks }`,
      /^4: rules\[0\]\.direction: expected one of "Ingress"\|"Egress", found nothing$/,
    ],
    [
      "a direction in lower case",
      `${HEAD}rules:\n  - { name: a, type: restrict-ip-blocks, direction: ingress }`,
      /^4: rules\[0\]\.direction: expected one of "Ingress"\|"Egress", found "ingress"$/,
    ],
    [
      "no directions",
      `${HEAD}rules:\n  - { name: a, type: require-default-deny, directions: [] }`,
      /^4: rules\[0\]\.directions: expected/,
    ],
    [
      "no from",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, to: {} }`,
      /^4: rules\[0\]\.from: expected .*, found nothing$/,
    ],
    [
      "a prefix that is too long",
      `${HEAD}rules:\n  - { name: a, type: restrict-ip-blocks, direction: Ingress, opening: { ipv4: 33 } }`,
      /^4: rules\[0\]\.opening\.ipv4: expected .*<=32, found 33$/,
    ],
    [
      "a prefix of a family that is none",
      `${HEAD}rules:\n  - { name: a, type: restrict-ip-blocks, direction: Ingress, tolerate: { ipv5: 3 } }`,
      /^4: rules\[0\]\.tolerate: unknown key "ipv5"$/,
    ],
    [
      "an end that is two things",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: { podSelector: {}, external: true }, to: {} }`,
      /^4: rules\[0\]\.from: expected selectors, cidr or external: true, found more than one of them$/,
    ],
    [
      "an end that is not external",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: { external: false }, to: {} }`,
      /^4: rules\[0\]\.from\.external: expected true, found false$/,
    ],
    [
      "a list of namespaces that names none",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: { namespaces: [] }, to: {} }`,
      /^4: rules\[0\]\.from\.namespaces: expected/,
    ],
    [
      "an operator that is none",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, to: {}, from: { podSelector: { matchExpressions: [{ key: a, operator: Is }] } } }`,
      /^4: rules\[0\]\.from\.podSelector\.matchExpressions\[0\]\.operator: expected one of .*, found "Is"$/,
    ],
    [
      "In without values",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, to: {}, from: { podSelector: { matchExpressions: [{ key: a, operator: In }] } } }`,
      /^4: rules\[0\]\.from\.podSelector\.matchExpressions\[0\]\.values: expected at least one value with operator In/,
    ],
    [
      "Exists with values",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, to: {}, from: { podSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } } }`,
      /^4: rules\[0\]\.from\.podSelector\.matchExpressions\[0\]\.values: expected no values with operator Exists/,
    ],
    [
      "a label that is a number",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, to: {}, from: { podSelector: { matchLabels: { app: 7 } } } }`,
      /^4: rules\[0\]\.from\.podSelector\.matchLabels\.app: expected string, found 7$/,
    ],
    [
      "a port of 0",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: {}, to: {}, ports: [{ port: 0 }] }`,
      /^4: rules\[0\]\.ports\[0\]\.port: expected .*>=1, found 0$/,
    ],
    [
      "a port that is a name",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: {}, to: {}, ports: [{ port: http }] }`,
      /^4: rules\[0\]\.ports\[0\]\.port: expected .*, found "http"$/,
    ],
    [
      "an endPort alone",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: {}, to: {}, ports: [{ endPort: 9 }] }`,
      /^4: rules\[0\]\.ports\[0\]\.endPort: expected endPort beside a port/,
    ],
    [
      "an endPort below the port",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: {}, to: {}, ports: [{ port: 9, endPort: 8 }] }`,
      /^4: rules\[0\]\.ports\[0\]\.endPort: expected endPort beside a port, and not below it/,
    ],
    [
      "a protocol that is none",
      `${HEAD}rules:\n  - { name: a, type: forbidden-path, from: {}, to: {}, ports: [{ protocol: tcp }] }`,
      /^4: rules\[0\]\.ports\[0\]\.protocol: expected one of .*, found "tcp"$/,
    ],
    [
      "consistency that is none",
      `${HEAD}rules:\n  - { name: a, type: require-default-deny, consistency: strong }`,
      /^4: rules\[0\]\.consistency: expected one of/,
    ],
    [
      "a name twice",
      `${HEAD}rules:\n  - ${PATH}\n  - { name: deny, type: require-default-deny }\n  - ${PATH}`,
      /^6: rules\[2\]\.name: expected a name of its own, found a second "path"$/,
    ],
    [
      "an exception without a reason",
      `${HEAD}rules: []\nexceptions:\n  - { rule: a, owner: b, expires: 2027-01-31 }`,
      /^5: exceptions\[0\]\.reason: expected string, found nothing$/,
    ],
    [
      "an exception of no rule",
      `${HEAD}rules: []\nexceptions:\n  - { rule: a, from: { namespace: x, workload: Job/y }, reason: r, owner: b, expires: 2027-01-31 }`,
      /^5: exceptions\[0\]\.rule: expected the name of a rule, found "a"$/,
    ],
    [
      "an exception of nobody",
      `${HEAD}rules: [{ name: a, type: lint }]\nexceptions:\n  - { rule: a, reason: r, owner: b, expires: 2027-01-31 }`,
      /^5: exceptions\[0\]: expected from, to or both, found neither$/,
    ],
    [
      "an exception of what has no pods to know by their owner",
      `${HEAD}rules: []\nexceptions:\n  - { rule: a, from: { namespace: x, workload: Pod/y }, reason: r, owner: b, expires: 2027-01-31 }`,
      /^5: exceptions\[0\]\.from\.workload: expected Kind\/name .*, found "Pod\/y"$/,
    ],
    [
      "an exception that ends on no day",
      `${HEAD}rules: []\nexceptions:\n  - { rule: a, reason: r, owner: b, expires: 2027-02-30 }`,
      /^5: exceptions\[0\]\.expires: .*found "2027-02-30"$/,
    ],
    [
      "an exception for ever",
      `${HEAD}rules: []\nexceptions:\n  - { rule: a, reason: r, owner: b }`,
      /^5: exceptions\[0\]\.expires: expected .*found nothing$/,
    ],
    ["a key twice", `${HEAD}rules: []\nmode: warn\nmode: audit`, /^5: .*unique/],
    ["a key twice in a rule", `${HEAD}rules:\n  - { name: a, name: b, type: require-default-deny }`, /^4: .*unique/],
    ["an indentation by tabs", `${HEAD}rules:\n\t- a`, /^4: .*[Tt]ab/],
    ["a bracket that stays open", `${HEAD}rules: [`, /^[34]: /],
    ["an alias of nothing", `${HEAD}rules: *nothing`, /^3: .*(alias|nothing)/i],
    ["two documents", `${HEAD}rules: []\n---\n${HEAD}rules: []`, /^[45]: .*multiple documents/],
    ["text after the end", `${HEAD}rules: []\n...\nmode: warn`, /^[3-5]: /],
  ])("for %s names the line and what was expected", (_name, yaml, expected) => {
    expect(errorOf(yaml)).toMatch(expected);
  });

  it("for an alias bomb comes soon", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi"
        .split("")
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[index] ?? ""}`).join(",")}]`,
        ),
    ];
    const begin = performance.now();
    expect(errorOf(`${HEAD}${bomb.join("\n")}\nrules: []`)).toMatch(/alias/i);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it("is the first of several", () => {
    expect(errorOf(`${HEAD}onUndecided: y\nrules: []\nmode: x`)).toMatch(/^3: onUndecided/);
    expect(errorOf(`${HEAD}mode: x\nrules: []\nonUndecided: y`)).toMatch(/^3: mode/);
  });

  it("leaves no name in that objects inherit", () => {
    expect(errorOf(`${HEAD}rules: []\nconstructor: {}`)).toMatch(/^4: unknown key "constructor"$/);
    expect(errorOf(`${HEAD}rules: []\n__proto__: {}`)).toMatch(/^4: unknown key "__proto__"$/);
    const labels = "matchLabels: { __proto__: x }";
    const rule = `{ name: a, type: forbidden-path, to: {}, from: { podSelector: { ${labels} } } }`;
    expect(errorOf(`${HEAD}rules: [${rule}]`)).toContain("matchLabels");
  });

  it("counts lines that end as on Windows", () => {
    expect(errorOf(`${HEAD}mode: x\nrules: []`.replaceAll("\n", "\r\n"))).toMatch(/^3: mode/);
  });
});

describe("a file", () => {
  it("is read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "netpol-guard-config-"));
    const file = join(folder, "guard.yaml");
    await writeFile(file, `${HEAD}mode: warn\nrules: []`);
    expect((await loadConfiguration(file)).settings.mode).toBe("warn");
    await writeFile(file, `${HEAD}mode: x\nrules: []`);
    await expect(loadConfiguration(file)).rejects.toThrow(`${file}:3: mode`);
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    await expect(loadConfiguration(file)).rejects.toThrow(DecodeError);
    await rm(folder, { recursive: true });
  });

  it.each([
    ["that is not there", "no-such-file.yaml"],
    ["that is a folder", tmpdir()],
  ])("%s is an error that names it", async (_name, file) => {
    await expect(loadConfiguration(file)).rejects.toThrow(
      new DecodeError(file, "expected a configuration file, found none that can be read"),
    );
  });
});
