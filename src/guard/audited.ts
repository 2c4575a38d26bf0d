import type { Verdict } from "./verdict.ts";

/** What is left of a verdict where nothing is refused: all that was found is noted. */
export const audited = (verdict: Verdict): Verdict => {
  switch (verdict.kind) {
    case "undecided":
      return { ...verdict, refused: false };
    case "allow":
    case "deny":
      return { kind: "allow", findings: verdict.findings.map((finding) => ({ ...finding, effect: "audit" })) };
  }
};
