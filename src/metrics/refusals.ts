import { Counter } from "prom-client";
import type { Family } from "./family.ts";

/** What requests are counted by that got no verdict. */
export interface RefusalCounting {
  /** `status`: of HTTP. */
  readonly failed: (status: number) => void;
}

/** Requests that got no verdict: under failurePolicy Ignore they passed. */
export const refusals: Family<RefusalCounting> = (register) => {
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers: [register] });
  const overloaded = counter(
    "netpol_guard_requests_overloaded_total",
    "Requests that were refused with 503, for too many were under way.",
  );
  const unauthenticated = counter(
    "netpol_guard_requests_unauthenticated_total",
    "Requests that were refused for the lack of the API server's client certificate.",
  );
  const unreadable = counter(
    "netpol_guard_requests_unreadable_total",
    "Requests that were refused as no review that can be read.",
  );
  const failed = counter("netpol_guard_requests_failed_total", "Requests that failed by the guard's own fault.");
  return {
    failed: (status) => {
      if (status === 503) overloaded.inc();
      else if (status === 401 || status === 403) unauthenticated.inc();
      else if (status < 500) unreadable.inc();
      else failed.inc();
    },
  };
};
