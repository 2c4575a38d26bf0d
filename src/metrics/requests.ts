import { Counter, Histogram } from "prom-client";
import type { Verdict } from "../guard/verdict.ts";
import { ruleCodes, type Family } from "./family.ts";

const OPERATIONS = ["CREATE", "UPDATE", "DELETE", "OTHER"] as const;
const DECISIONS = ["allow", "deny", "undecided"] as const;
const EFFECTS = ["deny", "warn", "audit"] as const;

/** What reviews are counted by; called while a request waits. */
export interface ReviewCounting {
  readonly answered: (operation: (typeof OPERATIONS)[number], verdict: Verdict, seconds: number) => void;
}

interface Counted {
  readonly labels: { readonly operation: string; readonly decision: string };
  readonly duration: Histogram.Internal<string>;
  count: number;
}

/** In seconds. Most reviews take a tenth of a millisecond; the API server gives up after ten seconds by default. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Reviews by what they asked and how they were answered, how long that took, and what was found. */
export const requests: Family<ReviewCounting> = (register, sources) => {
  const registers = [register];
  const labelNames = ["operation", "decision"] as const;
  const durations = new Histogram({
    name: "netpol_guard_request_duration_seconds",
    help: "Time from a review's body to its answer.",
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const findings = new Counter({
    name: "netpol_guard_findings_total",
    help: "Findings of rules in reviews; decision: what was done about them.",
    labelNames: ["rule", "decision"],
    registers,
    // A rule that has found nothing yet is there with 0: its first finding is an increase.
    collect() {
      for (const rule of ruleCodes(sources)) for (const decision of EFFECTS) this.inc({ rule, decision }, 0);
    },
  });
  const counted = (operation: string, decision: string): Counted => {
    const labels = { operation, decision };
    durations.zero(labels);
    return { labels, duration: durations.labels(labels), count: 0 };
  };
  // Made once: a request only looks its own up.
  const table = new Map(
    OPERATIONS.map((operation) => [
      operation,
      new Map(DECISIONS.map((decision) => [decision, counted(operation, decision)])),
    ]),
  );
  new Counter({
    name: "netpol_guard_decisions_total",
    help: "Reviews that were answered, by verdict.",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const row of table.values()) for (const { labels, count } of row.values()) this.inc(labels, count);
    },
  });
  return {
    answered: (operation, verdict, seconds) => {
      const counts = table.get(operation)?.get(verdict.kind);
      if (counts !== undefined) {
        counts.duration.observe(seconds);
        counts.count += 1;
      }
      if (verdict.kind === "undecided") return;
      for (const { code, effect } of verdict.findings) findings.inc({ rule: code, decision: effect });
    },
  };
};
