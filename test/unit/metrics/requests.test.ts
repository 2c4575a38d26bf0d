import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { metered } from "./metered.ts";

const finding = (code: string, effect: Finding["effect"]): Finding => ({
  code,
  effect,
  standing: "new",
  kind: "violation",
  message: "",
  details: [],
  fix: "",
  docs: "",
  more: 0,
});

describe("reviews", () => {
  it("are counted by operation and verdict, with how long they took", async () => {
    const { metrics, value } = metered();
    metrics.answered("CREATE", { kind: "allow", findings: [] }, 0.0002);
    metrics.answered("CREATE", { kind: "allow", findings: [] }, 3);
    metrics.answered("OTHER", { kind: "undecided", cause: new GuardError("late"), refused: true }, 20);
    const allowed = { operation: "CREATE", decision: "allow" };
    expect(await value("netpol_guard_decisions_total", allowed)).toBe(2);
    expect(await value("netpol_guard_decisions_total", { operation: "OTHER", decision: "undecided" })).toBe(1);
    expect(await value("netpol_guard_decisions_total", { operation: "DELETE", decision: "deny" })).toBe(0);
    const NAME = "netpol_guard_request_duration_seconds";
    expect(await value(`${NAME}_count`, allowed)).toBe(2);
    expect(await value(`${NAME}_sum`, allowed)).toBeCloseTo(3.0002);
    expect(await value(`${NAME}_bucket`, { ...allowed, le: "0.0001" })).toBe(0);
    expect(await value(`${NAME}_bucket`, { ...allowed, le: "0.00025" })).toBe(1);
    expect(await value(`${NAME}_bucket`, { ...allowed, le: "5" })).toBe(2);
    expect(await value(`${NAME}_bucket`, { operation: "OTHER", decision: "undecided", le: "10" })).toBe(0);
    expect(await value(`${NAME}_bucket`, { operation: "OTHER", decision: "undecided", le: "+Inf" })).toBe(1);
  });

  it("have their findings counted by rule and what was done, from 0 on", async () => {
    const { metrics, value } = metered();
    const denied = { rule: "require-default-deny/closed", decision: "deny" };
    expect(await value("netpol_guard_findings_total", denied)).toBe(0);
    const findings = [finding("require-default-deny/closed", "deny"), finding("lint/tidy", "warn")] as const;
    metrics.answered("UPDATE", { kind: "deny", findings: [...findings], restsOn: [] }, 0.001);
    metrics.answered("UPDATE", { kind: "deny", findings: [findings[0]], restsOn: [] }, 0.001);
    expect(await value("netpol_guard_findings_total", denied)).toBe(2);
    expect(await value("netpol_guard_findings_total", { rule: "lint/tidy", decision: "warn" })).toBe(1);
    expect(await value("netpol_guard_findings_total", { rule: "lint/tidy", decision: "deny" })).toBeUndefined();
  });
});

it.each([
  [503, "netpol_guard_requests_overloaded_total"],
  [403, "netpol_guard_requests_unauthenticated_total"],
  [400, "netpol_guard_requests_unreadable_total"],
  [413, "netpol_guard_requests_unreadable_total"],
  [500, "netpol_guard_requests_failed_total"],
])("a request that ends with %i counts as %s, and as nothing else", async (status, name) => {
  const { metrics, value, names } = metered();
  metrics.failed(status);
  const counters = (await names()).filter((other) => /^netpol_guard_requests_.*_total$/.test(other));
  expect(counters).toHaveLength(4);
  for (const counter of counters) expect(await value(counter)).toBe(counter === name ? 1 : 0);
});
