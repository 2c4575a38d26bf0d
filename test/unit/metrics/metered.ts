import type { GuardSettings } from "../../../src/guard/settings.ts";
import { createMetrics, type Metrics } from "../../../src/metrics/index.ts";
import type { ClusterSources, ConfigurationSource, MetricSources } from "../../../src/metrics/sources.ts";
import { configured } from "../guard/requests.ts";
import { parseExposition, valueOf } from "./exposition.ts";

/** Settings with one rule, `require-default-deny/closed`. */
const SETTINGS: GuardSettings = configured("rules: [{ name: closed, type: require-default-deny }]");

/** A configuration in force. */
export const CONFIGURATION: ConfigurationSource = {
  settings: SETTINGS,
  digest: "0123456789abcdef",
  takenAt: 1_700_000_000_000,
  isCurrent: true,
};

/** A cluster in which all is well. */
export const CLUSTER: ClusterSources = {
  cache: () => ({
    lagSeconds: 1.5,
    eventAgeSeconds: 2.5,
    pendingWrites: 3,
    confirmations: { same: 4, changed: 5, failed: 6 },
  }),
  enforcement: () => ({ answer: "enforced", plugins: ["Cilium"], reason: "" }),
  registration: () => ({
    entries: 5,
    missing: 0,
    changed: 0,
    failOpen: 0,
    withoutCa: 0,
    refusingNothing: 0,
    seenAt: 1_700_000_001_000,
  }),
  events: () => ({ sent: 7, dropped: 8, failed: 9 }),
};

/** Metrics of a guard, and how a test reads them. */
export interface Metered {
  readonly metrics: Metrics;
  /** One sample's value. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number | undefined>;
  /** Names of all families. */
  readonly names: () => Promise<readonly string[]>;
}

/** Metrics of a guard of a cluster in which all is well, but for what a test says. */
export const metered = (different: Partial<MetricSources> = {}): Metered => {
  const metrics = createMetrics({
    notReady: () => undefined,
    load: { requests: 0, bytes: 0 },
    certificateEnds: () => 1_800_000_000_000,
    configuration: () => CONFIGURATION,
    unsupported: () => [],
    cluster: CLUSTER,
    ...different,
  });
  return {
    metrics,
    value: async (name, labels) => valueOf(await metrics.text(), name, labels),
    names: async () => parseExposition(await metrics.text()).map(({ name }) => name),
  };
};
