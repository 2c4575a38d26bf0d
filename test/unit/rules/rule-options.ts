import { parseConfiguration } from "../../../src/config/load.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import type { OrgRule } from "../../../src/rules/rule.ts";

const read = (type: string, options: string) =>
  parseConfiguration(
    `apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\nrules:\n  - name: a\n    type: ${type}\n${options}`,
    "guard.yaml",
  );

/** A rule with options, one a line. */
export const ruleWith = (type: string, ...options: readonly string[]): OrgRule => {
  const [named] = read(type, options.map((line) => `    ${line}\n`).join("")).settings.rules;
  if (named === undefined) throw new Error("expected a rule");
  return named.rule;
};

/** What is said of bad options, with the line among them; the first is 1. */
export const refusalOf = (type: string, ...options: readonly string[]): string => {
  try {
    read(type, options.map((line) => `    ${line}\n`).join(""));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const [, line = "", text = ""] = /^guard\.yaml:([0-9]+): (?:rules\[0\]\.?)?(.*)$/s.exec(error.message) ?? [];
    return `${String(Number(line) - 5)}: ${text}`;
  }
  return "no error";
};
