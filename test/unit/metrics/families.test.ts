import { describe, expect, it } from "vitest";
import type { UnsupportedLanguage } from "../../../src/guard/unsupported.ts";
import type { ClusterSources } from "../../../src/metrics/sources.ts";
import { configured } from "../guard/requests.ts";
import { CLUSTER, CONFIGURATION, metered } from "./metered.ts";

const inCluster = (different: Partial<ClusterSources>) => metered({ cluster: { ...CLUSTER, ...different } });

it("the load is what is under way when it is read", async () => {
  const load = { requests: 0, bytes: 0 };
  const { value } = metered({ load });
  expect(await value("netpol_guard_requests_in_flight")).toBe(0);
  Object.assign(load, { requests: 2, bytes: 300 });
  expect(await value("netpol_guard_requests_in_flight")).toBe(2);
  expect(await value("netpol_guard_request_bytes_in_flight")).toBe(300);
});

describe("the cache", () => {
  it("has its lag, its last event, its pending writes and its confirmations", async () => {
    const { value } = metered();
    expect(await value("netpol_guard_cache_lag_seconds")).toBe(1.5);
    expect(await value("netpol_guard_watch_event_age_seconds")).toBe(2.5);
    expect(await value("netpol_guard_pending_writes")).toBe(3);
    for (const [decision, count] of Object.entries({ same: 4, changed: 5, failed: 6 }))
      expect(await value("netpol_guard_confirmations_total", { decision })).toBe(count);
    expect(await value("netpol_guard_confirmations_total", { decision: "same" })).toBe(4);
  });

  it("is ready or not, and infinitely late before its first list", async () => {
    const cache = () => ({ ...CLUSTER.cache(), lagSeconds: Infinity });
    const { value } = metered({ notReady: () => "not complete yet", cluster: { ...CLUSTER, cache } });
    expect(await value("netpol_guard_ready")).toBe(0);
    expect(await value("netpol_guard_cache_lag_seconds")).toBe(Infinity);
    expect(await metered().value("netpol_guard_ready")).toBe(1);
  });
});

it("the certificate has its end", async () => {
  expect(await metered().value("netpol_guard_certificate_expiry_timestamp_seconds")).toBe(1_800_000_000);
});

describe("the registration", () => {
  it("has each kind of drift in a metric of its own", async () => {
    const drift = { entries: 4, missing: 1, changed: 2, failOpen: 3, withoutCa: 4, refusingNothing: 5, seenAt: 6000 };
    const { value } = inCluster({ registration: () => drift });
    const values = ["", "_missing", "_changed", "_fail_open", "_without_ca", "_refusing_nothing"].map((suffix) =>
      value(`netpol_guard_registration_entries${suffix}`),
    );
    expect(await Promise.all(values)).toEqual([4, 1, 2, 3, 4, 5]);
    expect(await value("netpol_guard_registration_seen_timestamp_seconds")).toBe(6);
  });

  it("has no value before it was looked at", async () => {
    let isSeen = false;
    const { value } = inCluster({ registration: () => (isSeen ? CLUSTER.registration() : undefined) });
    expect(await value("netpol_guard_registration_entries_missing")).toBeUndefined();
    isSeen = true;
    expect(await value("netpol_guard_registration_entries_missing")).toBe(0);
  });
});

it("slipped violations are counted by rule, from 0 on, and Events by what became of them", async () => {
  const { metrics, value } = metered();
  const rule = "require-default-deny/closed";
  expect(await value("netpol_guard_slipped_violations_total", { rule })).toBe(0);
  metrics.slipped(new Set([rule]));
  metrics.slipped([rule, "forbidden-path/sealed"]);
  expect(await value("netpol_guard_slipped_violations_total", { rule })).toBe(2);
  expect(await value("netpol_guard_slipped_violations_total", { rule: "forbidden-path/sealed" })).toBe(1);
  for (const [decision, count] of Object.entries({ sent: 7, dropped: 8, failed: 9 }))
    expect(await value("netpol_guard_events_total", { decision })).toBe(count);
});

it("languages that are there, and those that may be, are told apart", async () => {
  const language = (id: string, ...doubts: readonly (string | undefined)[]): UnsupportedLanguage => ({
    id,
    name: id,
    kinds: doubts.map((doubt) => ({ group: "g", kind: "K", places: [], doubt })),
  });
  const found = [language("a", undefined, "no right"), language("b", "no right"), language("c", undefined)];
  const { value } = metered({ unsupported: () => found });
  expect(await value("netpol_guard_unsupported_languages")).toBe(2);
  expect(await value("netpol_guard_unsupported_languages_in_doubt")).toBe(1);
  expect(await metered().value("netpol_guard_unsupported_languages")).toBe(0);
});

it.each([
  ["enforced", 1, 0],
  ["ignored", 0, 1],
  ["unknown", 0, 0],
] as const)("a network plug-in with %s is seen", async (answer, enforces, ignores) => {
  const { value } = inCluster({ enforcement: () => ({ answer, plugins: [], reason: "" }) });
  expect(await value("netpol_guard_network_plugin_enforces")).toBe(enforces);
  expect(await value("netpol_guard_network_plugin_ignores")).toBe(ignores);
});

describe("the configuration", () => {
  it("has its hash, its time and its rules with their modes", async () => {
    const { value } = metered();
    expect(await value("netpol_guard_config_last_reload_successful")).toBe(1);
    expect(await value("netpol_guard_config_last_reload_success_timestamp_seconds")).toBe(1_700_000_000);
    expect(await value("netpol_guard_config_hash")).toBe(0x0123456789ab);
    expect(await value("netpol_guard_rules", { rule: "require-default-deny/closed", mode: "enforce" })).toBe(1);
  });

  it("says when the file holds one that was refused, and forgets rules that are gone", async () => {
    let now = CONFIGURATION;
    const { value } = metered({ configuration: () => now });
    const closed = { rule: "require-default-deny/closed" };
    expect(await value("netpol_guard_rules", closed)).toBe(1);
    now = { ...now, isCurrent: false, settings: configured("mode: warn\nrules: [{ name: tidy, type: lint }]") };
    expect(await value("netpol_guard_config_last_reload_successful")).toBe(0);
    expect(await value("netpol_guard_rules", closed)).toBeUndefined();
    expect(await value("netpol_guard_rules", { rule: "lint/tidy", mode: "warn" })).toBe(1);
  });
});

it("the process has its own: CPU, memory, and how late its event loop is", async () => {
  expect(await metered().names()).toEqual(
    expect.arrayContaining([
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_seconds",
      "nodejs_eventloop_lag_p99_seconds",
      "nodejs_gc_duration_seconds",
    ]),
  );
});

it("a guard of manifests has no metrics of a cluster", async () => {
  const { names, metrics } = metered({ cluster: undefined });
  metrics.slipped(["lint/tidy"]);
  const all = await names();
  expect(all.filter((name) => /registration|cache|watch|slipped|plugin|events/.test(name))).toEqual([]);
  expect(all).toContain("netpol_guard_ready");
});
