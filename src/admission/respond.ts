import type { Verdict } from "../guard/verdict.ts";
import { codesText, findingsText, warningLine, warningTexts } from "../guard/message.ts";

/** The response part of an AdmissionReview v1. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly warnings?: readonly string[];
  /** The API server prefixes the keys with the webhook's name. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** kubectl shows the message of a 403 (that of a 422 is hidden); a code below 400 would become 400. */
const FORBIDDEN = { code: 403, reason: "Forbidden" } as const;

const undecidedText = (verdict: Extract<Verdict, { kind: "undecided" }>): string =>
  warningLine(`[undecided] ${verdict.cause.message}; try again, and see the guard's log if it stays so`);

/** The answer on the wire for a verdict. */
export const respond = (uid: string, verdict: Verdict): AdmissionResponse => {
  if (verdict.kind === "allow" && verdict.findings.length === 0) return { uid, allowed: true };
  const auditAnnotations = { decision: verdict.kind, findings: codesText(verdict).slice(0, 1024) };
  switch (verdict.kind) {
    case "undecided":
      return verdict.refused
        ? { uid, allowed: false, status: { ...FORBIDDEN, message: undecidedText(verdict) }, auditAnnotations }
        : { uid, allowed: true, warnings: [undecidedText(verdict)], auditAnnotations };
    case "deny": {
      const warnings = warningTexts(verdict.findings.filter(({ effect }) => effect === "warn"));
      const message = `\n${findingsText(verdict.findings.filter(({ effect }) => effect === "deny"))}`;
      return {
        uid,
        allowed: false,
        status: { ...FORBIDDEN, message },
        ...(warnings.length > 0 ? { warnings } : {}),
        auditAnnotations,
      };
    }
    case "allow": {
      const warnings = warningTexts(verdict.findings.filter(({ effect }) => effect === "warn"));
      return {
        uid,
        allowed: true,
        ...(warnings.length > 0 ? { warnings } : {}),
        auditAnnotations,
      };
    }
  }
};
