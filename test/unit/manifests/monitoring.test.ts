import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { LABELS } from "../../../src/metrics/family.ts";
import { parseExposition } from "../metrics/exposition.ts";
import { metered } from "../metrics/metered.ts";
import { parsePromql } from "./promql.ts";

const MONITORING = resolve(import.meta.dirname, "../../../manifests/monitoring");
const read = (file: string): string => readFileSync(`${MONITORING}/${file}`, "utf8");

const ruleFile = z.strictObject({
  apiVersion: z.literal("monitoring.coreos.com/v1"),
  kind: z.literal("PrometheusRule"),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^NetpolGuard[A-Z][A-Za-z]+$/),
            expr: z.string(),
            for: z
              .string()
              .regex(/^[0-9]+[smh]$/)
              .optional(),
            labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
            annotations: z.strictObject({ summary: z.string().min(10), description: z.string().min(20) }),
          }),
        ),
      }),
    ),
  }),
});

const panel = z.looseObject({
  id: z.number(),
  type: z.enum(["row", "stat", "timeseries"]),
  title: z.string(),
  gridPos: z.strictObject({ h: z.number(), w: z.number().max(24), x: z.number(), y: z.number() }),
  targets: z.array(z.looseObject({ refId: z.string(), expr: z.string(), legendFormat: z.string() })).optional(),
});
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  templating: z.strictObject({ list: z.array(z.looseObject({ name: z.literal("datasource") })) }),
  panels: z.array(panel),
});

const alerts = ruleFile.parse(parse(read("prometheus-rule.yaml"))).spec.groups.flatMap(({ rules }) => rules);
const { panels } = dashboard.parse(JSON.parse(read("dashboard.json")));
const targets = panels.flatMap(({ title, targets: own = [] }) => own.map((target) => ({ title, ...target })));

/** As Grafana puts it in. */
const withInterval = (expression: string): string => expression.replaceAll("$__rate_interval", "5m");

const expressions = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...targets.map(({ title, refId, expr }) => [`${title} ${refId}`, withInterval(expr)] as const),
];

const families = parseExposition(await metered().metrics.text());
const exposed = new Set(families.flatMap(({ name, samples }) => [name, ...samples.map((sample) => sample.name)]));
/** Beside the guard's own, what Prometheus adds, and what an expression itself makes. */
const KNOWN_LABELS = new Set<string>([...LABELS, "le", "instance"]);

describe("alerts and dashboard", () => {
  it.each(expressions)("%s asks for metrics and labels that there are: %s", (_, expression) => {
    const { metrics, labels } = parsePromql(expression);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !exposed.has(name))).toEqual([]);
    expect(labels.filter((label) => !KNOWN_LABELS.has(label))).toEqual([]);
  });

  it("words and legends name only labels that their expressions have", () => {
    const worded = [
      ...alerts.map(({ expr, annotations }) => [expr, JSON.stringify(annotations)] as const),
      ...targets.map(({ expr, legendFormat }) => [withInterval(expr), legendFormat] as const),
    ];
    for (const [expr, words] of worded) {
      const named = [...words.matchAll(/\{\{\s*(?:\$labels\.)?([a-z]+)\s*\}\}/g)].map(([, label = ""]) => label);
      const { labels } = parsePromql(expr);
      expect(
        named.filter((label) => label !== "instance" && !labels.includes(label)),
        words,
      ).toEqual([]);
    }
  });

  it("every metric of the guard is on the dashboard", () => {
    const shown = new Set(targets.flatMap(({ expr }) => parsePromql(withInterval(expr)).metrics));
    const own = families.map(({ name }) => name).filter((name) => name.startsWith("netpol_guard_"));
    const missing = own.filter((name) => ![...shown].some((other) => other === name || other === `${name}_bucket`));
    expect(missing).toEqual([]);
  });

  it("names of alerts, ids of panels and letters of queries are taken once, and no panel lies on another", () => {
    const isSet = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
    expect(isSet(alerts.map(({ alert }) => alert))).toBe(true);
    expect(isSet(panels.map(({ id }) => id))).toBe(true);
    for (const { targets: own = [] } of panels) expect(isSet(own.map(({ refId }) => refId))).toBe(true);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${String(x + (at % w))},${String(y + Math.floor(at / w))}`),
    );
    expect(isSet(cells)).toBe(true);
  });

  it("what the guard must warn of has an alert", () => {
    const asked = new Set(alerts.flatMap(({ expr }) => parsePromql(expr).metrics));
    for (const name of [
      "registration_entries_missing",
      "registration_entries_changed",
      "registration_entries_fail_open",
      "registration_entries_without_ca",
      "slipped_violations_total",
      "certificate_expiry_timestamp_seconds",
      "config_last_reload_successful",
      "cache_lag_seconds",
      "network_plugin_ignores",
      "unsupported_languages",
      "ready",
    ])
      expect(asked).toContain(`netpol_guard_${name}`);
  });
});

describe("the check of expressions", () => {
  it.each(["sum(", "a +", "rate(a[5m]", "a{b=1}", "sum by rule (a) (b)"])("finds that %s is none", (expression) => {
    expect(() => parsePromql(expression)).toThrow("Expected PromQL");
  });

  it("finds what is asked for", () => {
    expect(parsePromql('sum by (x) (rate(a_total{y="1"}[5m])) / on (z) b > 0')).toEqual({
      metrics: ["a_total", "b"],
      labels: ["x", "y", "z"],
    });
  });
});

it("the pods are scraped where they serve metrics", () => {
  const monitor = z.object({
    spec: z.object({
      selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
      podMetricsEndpoints: z.array(z.object({ port: z.string(), path: z.string() })),
    }),
  });
  const { selector, podMetricsEndpoints } = monitor.parse(parse(read("pod-monitor.yaml"))).spec;
  const deployment = parse(readFileSync(`${MONITORING}/../base/deployment.yaml`, "utf8"));
  const { metadata, spec } = deployment.spec.template;
  expect(metadata.labels).toMatchObject(selector.matchLabels);
  const ports = spec.containers.flatMap(({ ports: own }: { readonly ports: readonly { readonly name: string }[] }) =>
    own.map(({ name }) => name),
  );
  expect(podMetricsEndpoints.map(({ path }) => path)).toEqual(["/metrics"]);
  for (const { port } of podMetricsEndpoints) expect(ports).toContain(port);
});
