import SCHEMA from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";

const parse = (of: Parameters<typeof render>[1]) => JSON.parse(render("sarif", of));
const results = (...findings: Parameters<typeof report>[0]) => parse(report(findings)).runs[0].results;

describe("sarif", () => {
  let isValid: (value: unknown) => readonly unknown[] = () => ["nothing was validated"];

  beforeAll(() => {
    // The schema of OASIS, as a package of SARIF's own makers carries it. Nothing in it means something else in draft 7 than
    // in draft 4 but its own id, which ajv knows as $id.
    const { $schema: _draft4, id: _id, ...schema } = SCHEMA;
    // One of its patterns is none with the flag u.
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    isValid = (value) => (validate(value) ? [] : (validate.errors ?? []));
  });

  it.each([
    ["of nothing", report([])],
    ["of an error and a warning", REMARKABLE],
    [
      "of a rule with a page on the web",
      report([finding()], {
        rules: [{ code: finding().code, type: "forbidden-path", docs: "https://guard.example/forbidden-path" }],
      }),
    ],
    ["of evil names", EVIL_REPORT],
    ["of a finding of a rule that is not listed", report([finding({ code: "a/b" })])],
    [
      "of odd paths",
      report(
        ["-", "/etc/a b.yaml", "../a#b?.yaml", "./x:y.yaml", "ä%20.yaml"].map((file) =>
          finding({ place: { file, line: 1, column: 1 } }),
        ),
      ),
    ],
  ])("%s is valid", (_what, of) => {
    expect(isValid(parse(of))).toEqual([]);
  });

  it("would not be valid with anything else", () => {
    const log = parse(REMARKABLE);
    log.runs[0].results[0].level = "grave";
    log.runs[0].results[1].locations[0].physicalLocation = { artifactLocation: { uri: "not a uri" } };
    expect(isValid(log)).toHaveLength(2);
  });

  it("is what code scanning shows", () => {
    const { version, runs } = parse(REMARKABLE);
    expect(version).toBe("2.1.0");
    expect(runs[0].tool.driver).toMatchObject({ name: "netpol-guard", version: "0.1.0" });
    expect(runs[0].tool.driver.rules).toMatchObject([
      { id: "forbidden-path/db-not-from-frontend", help: { text: "docs: docs/rules/forbidden-path.md" } },
      { id: "lint/lint" },
    ]);
    expect(runs[0].results).toMatchObject([
      {
        ruleId: "forbidden-path/db-not-from-frontend",
        ruleIndex: 0,
        level: "error",
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "deploy/open-db.yaml" },
              region: { startLine: 12, startColumn: 9 },
            },
            logicalLocations: [{ fullyQualifiedName: "NetworkPolicy shop/open-db" }],
          },
        ],
      },
      { ruleId: "lint/lint", ruleIndex: 1, level: "warning" },
    ]);
    expect(runs[0].results[0].message.text).toBe(
      [
        "NetworkPolicy shop/open-db would let shop/frontend reach shop/db on TCP 3306",
        "  egress: no policy selects it   ingress: shop/NetworkPolicy/open-db, spec.ingress[0].from[1]",
        "  fix: narrow shop/NetworkPolicy/open-db",
        "  docs: docs/rules/forbidden-path.md",
      ].join("\n"),
    );
    expect(runs[0].results[1].message.text).toMatch(/^NetworkPolicy tools\/odd selects no pod \(it was so before\)\n/);
    expect(runs[0].results[1].locations[0]).not.toHaveProperty("physicalLocation");
    expect(runs[0].invocations[0].toolExecutionNotifications).toMatchObject([{ level: "warning" }]);
  });

  it("has a page to read on where there is one on the web", () => {
    const docs = "https://guard.example/forbidden-path";
    const { rules } = parse(report([], { rules: [{ code: "a/b", type: "a", docs }] })).runs[0].tool.driver;
    expect(rules[0].helpUri).toBe(docs);
    expect(parse(report([])).runs[0].tool.driver.rules[0]).not.toHaveProperty("helpUri");
  });

  it.each([
    ["deploy/a.yaml", "deploy/a.yaml"],
    ["./deploy//a.yaml", "deploy/a.yaml"],
    ["../a b#1?.yaml", "../a%20b%231%3F.yaml"],
    ["a:b.yaml", "a%3Ab.yaml"],
    ["/etc/a b.yaml", "file:///etc/a%20b.yaml"],
    ["ä%.yaml", "%C3%A4%25.yaml"],
  ])("names the file %s as %s", (file, uri) => {
    const [result] = results(finding({ place: { file, line: 1, column: 1 } }));
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it("knows a finding again wherever it has moved to, and no other", () => {
    const prints = (...findings: Parameters<typeof report>[0]): readonly string[] =>
      results(...findings).map((result: { partialFingerprints: object }) => JSON.stringify(result.partialFingerprints));
    const [first] = prints(finding());
    expect(first).toMatch(/^\{"netpolGuardFinding\/v1":"[0-9a-f]{64}"\}$/);
    expect(prints(finding({ place: { file: "b.yaml", line: 99, column: 1 } }))).toEqual([first]);
    expect(prints(finding({ effect: "warn", standing: "existing", more: 3 }))).toEqual([first]);
    const others = [
      finding(),
      finding({ code: "a/b" }),
      finding({ message: "another" }),
      finding({ kind: "undecided" }),
      finding({ object: { kind: "NetworkPolicy", namespace: "shop", name: "another" } }),
    ];
    expect(new Set(prints(...others)).size).toBe(others.length);
  });

  it("links nothing that a name says", () => {
    const texts = parse(EVIL_REPORT).runs[0].results.map(
      (result: { message: { text: string } }) => result.message.text,
    );
    expect(texts.filter((text: string) => text.includes("]("))).toEqual([]);
    expect(texts.join("\n")).toContain("[click] (https://evil.example)");
  });

  it("gives what a report rests on", () => {
    expect(parse(REMARKABLE).runs[0].properties).toEqual({
      objects: 12,
      configurationHash: REMARKABLE.evidence.configurationHash,
      resourceVersions: REMARKABLE.evidence.resourceVersions,
      exceptions: REMARKABLE.evidence.exceptions,
    });
    expect(results(warning({ more: 2 }))[0].properties).toEqual({
      kind: "advice",
      standing: "existing",
      mode: "warn",
      more: 2,
    });
  });
});
