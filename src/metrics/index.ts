import { collectDefaultMetrics, Registry } from "prom-client";
import { cache } from "./cache.ts";
import { certificate } from "./certificate.ts";
import { configuration } from "./configuration.ts";
import type { Family } from "./family.ts";
import { languages } from "./languages.ts";
import { load } from "./load.ts";
import { networkPlugin } from "./network-plugin.ts";
import { refusals, type RefusalCounting } from "./refusals.ts";
import { registration } from "./registration.ts";
import { requests, type ReviewCounting } from "./requests.ts";
import type { MetricSources } from "./sources.ts";
import { violations, type ViolationCounting } from "./violations.ts";

/** Those that are read only. */
const READ: readonly Family[] = [load, cache, certificate, registration, languages, networkPlugin, configuration];

/** All metrics of one guard. */
export interface Metrics extends ReviewCounting, RefusalCounting, ViolationCounting {
  /** All there are, in Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** Metrics in a registry of their own: two guards in one process do not mix. Those of the process (CPU, memory, event loop) are among them. */
export const createMetrics = (sources: MetricSources): Metrics => {
  const register = new Registry();
  const counting = {
    ...requests(register, sources),
    ...refusals(register, sources),
    ...violations(register, sources),
  };
  for (const family of READ) family(register, sources);
  collectDefaultMetrics({ register });
  return { ...counting, text: () => register.metrics(), contentType: register.contentType };
};
