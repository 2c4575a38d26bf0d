import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { EVIL, EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";

const DOCS = resolve(import.meta.dirname, "../../../docs/reports.md");

/** The fields of a value at any depth, as `findings[].object.kind`. */
const fieldsOf = (value: unknown, path = ""): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => fieldsOf(part, `${path}.${key}`));
};

const parse = (of: Parameters<typeof render>[1]) => JSON.parse(render("json", of));

describe("json", () => {
  it("has a field for everything", () => {
    expect(parse(REMARKABLE)).toEqual({
      apiVersion: "netpol-guard.io/v1alpha1",
      kind: "Report",
      tool: { name: "netpol-guard", version: "0.1.0" },
      summary: {
        objects: 12,
        error: 1,
        warning: 1,
        note: 0,
        byRule: [
          { code: "forbidden-path/db-not-from-frontend", error: 1, warning: 0, note: 0 },
          { code: "lint/lint", error: 0, warning: 1, note: 0 },
        ],
        byNamespace: [
          { namespace: "shop", error: 1, warning: 0, note: 0 },
          { namespace: "tools", error: 0, warning: 1, note: 0 },
        ],
      },
      rules: REMARKABLE.rules,
      findings: [
        { ...finding(), level: "error" },
        { ...warning(), level: "warning", place: null },
      ],
      order: {
        found: true,
        reason: null,
        steps: [
          { operation: "CREATE", object: { kind: "NetworkPolicy", namespace: "shop", name: "default-deny" } },
          { operation: "DELETE", object: { kind: "Pod", namespace: "shop", name: "old" } },
        ],
      },
      evidence: {
        time: "2026-11-21T10:00:00Z",
        configurationHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        resourceVersions: [{ kind: "Pod", resourceVersion: "4711" }],
        notJudged: ["CiliumNetworkPolicy shop/l7: policies of this language are not judged"],
        exceptions: [
          {
            rule: "db-not-from-frontend",
            reason: "it moves the data",
            owner: "team-db",
            expires: "2027-01-31",
            daysLeft: 71,
          },
        ],
      },
    });
  });

  it("has every field where there is nothing to say", () => {
    const nothing = parse(report([], { rules: [], evidence: { objects: 0 } }));
    expect(nothing).toMatchObject({ findings: [], order: null, evidence: { notJudged: [], exceptions: [] } });
    expect(Object.keys(nothing)).toEqual(Object.keys(parse(REMARKABLE)));
  });

  it("says why there is no order", () => {
    expect(parse(report([], { order: { kind: "none", reason: "a cycle" } })).order).toEqual({
      found: false,
      reason: "a cycle",
      steps: [],
    });
  });

  it("has the fields that its page shows", () => {
    const [, example = ""] = /```json\n(.*?)```/s.exec(readFileSync(DOCS, "utf8")) ?? [];
    const located = { ...REMARKABLE, findings: [finding()] };
    expect(new Set(fieldsOf(JSON.parse(example)))).toEqual(new Set(fieldsOf(parse(located))));
  });

  it("gives names back as they are, on one line", () => {
    expect(render("json", EVIL_REPORT).split("\n")).toHaveLength(2);
    const { findings, evidence } = parse(EVIL_REPORT);
    expect(new Set(findings.map((each: { object: { name: string } }) => each.object.name))).toEqual(new Set(EVIL));
    expect(evidence.notJudged).toEqual(EVIL);
  });
});
