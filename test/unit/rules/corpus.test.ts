import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { RULE_TYPES } from "../../../src/rules/index.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { CORPUS, caseFiles, readCase, type CorpusCase } from "./corpus-case.ts";

const root = resolve(import.meta.dirname, "../../..");
const TYPES = RULE_TYPES.map(({ type }) => type);

const findingsOf = (verdict: ReturnType<CorpusCase["judge"]>): readonly Finding[] => {
  if (verdict.kind === "undecided") throw verdict.cause;
  return verdict.findings;
};

const named = (type: string, verdict: "pass" | "fail"): readonly (readonly [string, CorpusCase])[] =>
  caseFiles(type, verdict).map((file) => {
    const one = readCase(type, file);
    return [one.name, one];
  });

const textOf = (findings: readonly Finding[]): string =>
  findings.flatMap(({ message, details, fix }) => [message, ...details, `fix: ${fix}`]).join("\n");

const expectFindings = (findings: readonly Finding[], expected: NonNullable<CorpusCase["expect"]>): void => {
  const { standing, kind, message } = expected;
  for (const part of [message].flat()) expect(textOf(findings)).toContain(part);
  if (standing !== undefined) expect([...new Set(findings.map((finding) => finding.standing))]).toEqual([standing]);
  if (kind !== undefined) expect([...new Set(findings.map((finding) => finding.kind))]).toEqual([kind]);
};

describe.each(TYPES)("%s", (type) => {
  it("has its page and its file, and a corpus of both verdicts", () => {
    expect(existsSync(join(root, `docs/rules/${type}.md`))).toBe(true);
    expect(existsSync(join(root, `src/rules/${type}.ts`))).toBe(true);
    expect(caseFiles(type, "pass")).not.toEqual([]);
    expect(caseFiles(type, "fail")).not.toEqual([]);
  });

  it.each(named(type, "pass"))("%s", (_name, one) => {
    const verdict = one.judge();
    expect(verdict.kind === "deny" ? textOf(verdict.findings) : verdict.kind).toBe("allow");
    const findings = findingsOf(verdict);
    if (one.expect === undefined) expect(findings).toEqual([]);
    else expectFindings(findings, one.expect);
  });

  it.each(named(type, "fail"))("%s", (_name, one) => {
    const verdict = one.judge();
    const advised = one.expect?.kind === "advice";
    expect(verdict.kind).toBe(advised ? "allow" : "deny");
    const refused = findingsOf(verdict).filter(({ effect }) => effect === (advised ? "warn" : "deny"));
    if (one.expect === undefined) throw new Error("expected `expect` in a case that must fail");
    expectFindings(refused, {
      ...one.expect,
      standing: one.expect.standing ?? "new",
      kind: one.expect.kind ?? "violation",
    });
    expect(one.judge({ dryRun: true }).kind).toBe(advised || one.expect.curable ? "allow" : "deny");
    expect(one.judge({ guard: { mode: "warn" } }).kind).toBe("allow");
  });
});

it("holds cases of the rule types there are, and of no others", () => {
  const folders = readdirSync(CORPUS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...TYPES].sort());
});
