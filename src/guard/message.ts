import type { Finding, Verdict } from "./verdict.ts";

/** So many findings are worded in one message; a terminal holds no more. */
const MOST_FINDINGS = 10;

/** The API server cuts warnings to 256 runes each once all together pass 4,096. */
const WARNING_RUNES = 256;
const WARNINGS_RUNES = 4096;

/**
 * Text that can neither end its line nor steer a terminal, nor turn around how the rest of a line reads. The API server
 * drops a warning with a control character in it without a word.
 */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");

/** One finding in words: what, the witness, how to put it right, where to read on. */
export const findingText = (finding: Finding): string =>
  [
    `[${finding.code}] ${plain(finding.message)}`,
    ...finding.details.map((line) => `  ${plain(line)}`),
    ...(finding.more > 0 ? [`  +${String(finding.more)} more like it`] : []),
    `  fix: ${plain(finding.fix)}`,
    `  docs: ${finding.docs}`,
  ].join("\n");

/** All findings with one effect in words, at most ten, then "+N more". */
export const findingsText = (findings: readonly Finding[]): string => {
  const left = findings.length - MOST_FINDINGS;
  return [...findings.slice(0, MOST_FINDINGS).map(findingText), ...(left > 0 ? [`+${String(left)} more`] : [])].join(
    "\n",
  );
};

const cut = (text: string): string => {
  const runes = [...text];
  return runes.length <= WARNING_RUNES ? text : `${runes.slice(0, WARNING_RUNES - 1).join("")}…`;
};

/** One line that kubectl shows whole: no control character, no longer than the API server lets through. */
export const warningLine = (text: string): string => cut(plain(text));

const SUFFIX: Readonly<Record<Finding["standing"], string>> = {
  new: "",
  known: " (running pods of this identity have it already)",
  existing: " (it was so before)",
  excepted: " (the configuration excepts it)",
};

/** What a message adds about a finding that is not new; empty for one that is. */
export const standingText = (standing: Finding["standing"]): string => SUFFIX[standing];

/** Warnings for kubectl: one line each, no longer than the API server lets through, "+N more" at the end. */
export const warningTexts = (findings: readonly Finding[]): readonly string[] => {
  const texts: string[] = [];
  let runes = 0;
  for (const [index, finding] of findings.entries()) {
    const text = warningLine(
      `[${finding.code}] ${finding.message}${standingText(finding.standing)}${finding.more > 0 ? ` +${String(finding.more)} more like it` : ""}`,
    );
    const rest = `+${String(findings.length - index)} more`;
    if (runes + [...text].length + rest.length > WARNINGS_RUNES) return [...texts, rest];
    texts.push(text);
    runes += [...text].length;
  }
  return texts;
};

/** One line that names the codes: for logs and audit annotations. */
export const codesText = (verdict: Verdict): string =>
  verdict.kind === "undecided"
    ? "undecided"
    : [...new Set(verdict.findings.map(({ code, effect }) => `${effect} ${code}`))].join(", ");
