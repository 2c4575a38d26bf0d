import { Counter } from "prom-client";
import { readCounter, ruleCodes, type Family } from "./family.ts";

/** What is counted of violations that came past the guard. */
export interface ViolationCounting {
  /** `codes`: `type/name` of the rules. */
  readonly slipped: (codes: Iterable<string>) => void;
}

/** Violations that no request was refused for, and what became of the Events about them. */
export const violations: Family<ViolationCounting> = (register, sources) => {
  const { cluster } = sources;
  if (cluster === undefined) return { slipped: () => undefined };
  const slipped = new Counter({
    name: "netpol_guard_slipped_violations_total",
    help: "Violations that a request would have been refused for and that came past the guard.",
    labelNames: ["rule"],
    registers: [register],
    collect() {
      for (const rule of ruleCodes(sources)) this.inc({ rule }, 0);
    },
  });
  readCounter(
    register,
    "netpol_guard_events_total",
    "Events about them; decision: sent, failed, or dropped for there were too many.",
    "decision",
    () => ({ ...cluster.events() }),
  );
  return {
    slipped: (codes) => {
      for (const rule of codes) slipped.inc({ rule });
    },
  };
};
