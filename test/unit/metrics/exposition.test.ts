import { expect, it } from "vitest";
import { LABELS } from "../../../src/metrics/family.ts";
import { lintExposition, parseExposition } from "./exposition.ts";
import { metered } from "./metered.ts";

/** Made by prom-client, whose names are what dashboards for Node.js know. */
const isDefault = (name: string): boolean => /^(nodejs|process)_/.test(name);

it("all that is exposed is as Prometheus wants it", async () => {
  const { metrics } = metered();
  metrics.answered("CREATE", { kind: "allow", findings: [] }, 1);
  const text = await metrics.text();
  expect(lintExposition(text).filter((fault) => !isDefault(fault))).toEqual([]);
  const own = parseExposition(text).filter(({ name }) => !isDefault(name));
  expect(own.length).toBeGreaterThan(25);
  expect(own.map(({ name }) => name).filter((name) => !name.startsWith("netpol_guard_"))).toEqual([]);
});

it("labels are few, and none holds an object's name", async () => {
  const families = parseExposition(await metered().metrics.text()).filter(({ name }) => !isDefault(name));
  const labels = families.flatMap(({ samples }) => samples.flatMap((sample) => [...sample.labels.keys()]));
  expect(new Set(labels).difference(new Set([...LABELS, "le"]))).toEqual(new Set());
});

it.each([
  ["a_count", "gauge", "a_count 1", "a_count: a suffix of others"],
  ["a_total", "gauge", "a_total 1", "a_total: only a counter ends in _total"],
  ["a", "counter", "a 1", "a: a counter ends in _total"],
  ["a", "untyped", "a 1", "a: type untyped"],
  ["a_ms", "gauge", "a_ms 1", "a_ms: unit"],
  ["A", "gauge", "A 1", "A: expected snake case"],
  ["a", "gauge", "b 1", "a: holds b"],
  ["a", "gauge", 'a{x="1"} 1\na{x="1"} 2', 'a [["x","1"]]: exposed twice'],
])("the lint finds %s, a %s with %j", (name, type, samples, fault) => {
  const text = `# HELP ${name} What it is about.\n# TYPE ${name} ${type}\n${samples}\n`;
  expect(lintExposition(text)).toEqual([fault]);
});
