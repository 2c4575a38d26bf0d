import { describe, expect, it } from "vitest";
import { respond } from "../../../src/admission/respond.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";

const finding = (different: Partial<Finding> = {}): Finding => ({
  code: "forbidden-path/db",
  effect: "deny",
  standing: "new",
  kind: "violation",
  message: "m",
  details: [],
  fix: "f",
  docs: "d",
  more: 0,
  ...different,
});
const undecided = { kind: "undecided", cause: new GuardError("late") } as const;

describe("a response", () => {
  it("to what is allowed without a word is just that", () => {
    expect(respond("u", { kind: "allow", findings: [] })).toEqual({ uid: "u", allowed: true });
  });

  it("to what is warned about has warnings of that alone", () => {
    const findings = [finding({ effect: "warn", message: "w" }), finding({ effect: "audit", message: "a" })];
    expect(respond("u", { kind: "allow", findings })).toEqual({
      uid: "u",
      allowed: true,
      warnings: ["[forbidden-path/db] w"],
      auditAnnotations: { decision: "allow", findings: "warn forbidden-path/db, audit forbidden-path/db" },
    });
  });

  it("to what is refused tells apart what refuses and what warns", () => {
    const verdict = {
      kind: "deny",
      findings: [finding(), finding({ effect: "warn", message: "w" })],
      restsOn: [],
    } as const;
    expect(respond("u", verdict)).toEqual({
      uid: "u",
      allowed: false,
      status: { code: 403, reason: "Forbidden", message: "\n[forbidden-path/db] m\n  fix: f\n  docs: d" },
      warnings: ["[forbidden-path/db] w"],
      auditAnnotations: { decision: "deny", findings: "deny forbidden-path/db, warn forbidden-path/db" },
    });
  });

  it("to what is refused and nothing else has no warnings", () => {
    expect(respond("u", { kind: "deny", findings: [finding()], restsOn: [] })).not.toHaveProperty("warnings");
  });

  it("to what is undecided refuses", () => {
    const response = respond("u", { ...undecided, refused: true });
    expect(response).toMatchObject({ uid: "u", allowed: false, status: { code: 403, reason: "Forbidden" } });
    expect(response.status?.message).toContain("[undecided] late");
    expect(response.warnings).toBeUndefined();
  });

  it("to what is undecided warns where it does not refuse", () => {
    const response = respond("u", { ...undecided, refused: false });
    expect(response).toMatchObject({ uid: "u", allowed: true, auditAnnotations: { decision: "undecided" } });
    expect(response.warnings).toEqual([expect.stringContaining("[undecided] late")]);
    expect(response.status).toBeUndefined();
  });

  it("has audit annotations that an audit log takes, however many rules there are", () => {
    const findings = Array.from({ length: 500 }, (_, index) =>
      finding({ effect: "warn", code: `forbidden-path/rule-${index}` }),
    );
    const { auditAnnotations } = respond("u", { kind: "allow", findings });
    expect(auditAnnotations?.["findings"]?.length).toBeLessThanOrEqual(1024);
    expect(auditAnnotations?.["findings"]).toMatch(/^warn forbidden-path\/rule-0, /);
  });
});
