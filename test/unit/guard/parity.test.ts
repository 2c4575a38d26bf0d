import { describe, expect, it } from "vitest";
import { findingsText, findingText } from "../../../src/guard/message.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { RULE_TYPES } from "../../../src/rules/index.ts";
import { caseFiles, readCase, type CorpusCase } from "../rules/corpus-case.ts";

// One corpus through the three doors: the webhook's judge, `check` and `scan`.

const all: readonly (readonly [string, CorpusCase])[] = RULE_TYPES.flatMap(({ type }) =>
  (["pass", "fail"] as const).flatMap((verdict) =>
    caseFiles(type, verdict)
      .map((file) => readCase(type, file))
      .filter(({ request }) => request.operation !== "DELETE")
      .map((one) => [one.name, one] as const),
  ),
);

/** All but what is done about it, which hangs on who asks and on what may still come. */
const wordsOf = (findings: readonly Finding[]): readonly object[] =>
  findings
    .map(({ code, kind, standing, message, details, fix, docs, more }) => ({
      code,
      kind,
      standing,
      message,
      details,
      fix,
      docs,
      more,
    }))
    .toSorted((a, b) => (a.message < b.message ? -1 : 1));

const answered = (one: CorpusCase): readonly Finding[] => {
  const verdict = one.judge();
  if (verdict.kind === "undecided") throw verdict.cause;
  return verdict.findings;
};

/** The findings that a message words one after the other. */
const blocksOf = (message: string): readonly string[] =>
  message
    .trim()
    .split(/\n(?=\[)/)
    .toSorted();

describe("the webhook's answer", () => {
  it.each(all.filter(([, one]) => one.judge().kind === "deny"))("refuses %s in the words of check", async (_, one) => {
    const { allowed, status } = await one.answer();
    expect(allowed).toBe(false);
    const denied = one.check().filter(({ effect }) => effect === "deny");
    expect(blocksOf(status?.message ?? "")).toEqual(blocksOf(findingsText(denied)));
  });

  it.each(all.filter(([, one]) => one.judge().kind === "allow"))("admits %s, warning as check does", async (_, one) => {
    const { allowed, warnings = [] } = await one.answer();
    expect(allowed).toBe(true);
    const codes = (texts: readonly string[]): ReadonlySet<string> =>
      new Set(texts.map((text) => /^\[(.+?)\]/.exec(text)?.[1] ?? text));
    expect(codes(warnings)).toEqual(new Set(one.check().map(({ code }) => code)));
  });
});

describe("check", () => {
  it.each(all)("says of %s what the webhook says", (_, one) => {
    expect(wordsOf(one.check())).toEqual(wordsOf(answered(one)));
  });

  it.each(all.filter(([, one]) => one.judge().kind === "deny"))("fails %s, which the webhook refuses", (_, one) => {
    expect(one.check().map(({ effect }) => effect)).toContain("deny");
  });
});

const textsOf = (findings: readonly Finding[]): readonly string[] => findings.map(findingText);

/** What is there afterwards is in order: the fault is that it is not as it was. */
const FAULTY_AS_CHANGES = [
  "required-labels/fail/emptied",
  "required-labels/fail/namespace-changes-it",
  "custom/fail/label-changed",
];

describe("scan", () => {
  it.each(all.filter(([name, one]) => one.judge().kind === "deny" && !FAULTY_AS_CHANGES.includes(name)))(
    "finds what %s left behind",
    (_, one) => {
      const denied = answered(one).filter(({ effect }) => effect === "deny");
      const found = one.scan().filter(({ effect }) => effect === "deny");
      expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(denied.map(({ code }) => code)));
      // An update may have made worse what was wrong before: the webhook tells the difference, and a scan the whole.
      if (one.request.operation === "CREATE")
        expect(textsOf(found)).toEqual(expect.arrayContaining([...textsOf(denied)]));
    },
  );
});
