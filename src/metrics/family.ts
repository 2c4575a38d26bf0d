import { Counter, Gauge, type Registry } from "prom-client";
import type { MetricSources } from "./sources.ts";

/** Some metrics that belong together, which it registers; what it returns counts what happens between two readings. */
export type Family<Counting = void> = (register: Registry, sources: MetricSources) => Counting;

/** Labels are the configuration's and the program's own words, never an object's name: their number stays small. */
export const LABELS = ["rule", "mode", "operation", "decision"] as const;

/** One of them. */
export type Label = (typeof LABELS)[number];

/** A gauge that is read when metrics are. */
export const readGauge = (register: Registry, name: string, help: string, read: () => number): void => {
  new Gauge({
    name,
    help,
    registers: [register],
    collect() {
      this.set(read());
    },
  });
};

/** A counter that others keep, by the value of one label. */
export const readCounter = (
  register: Registry,
  name: string,
  help: string,
  label: Label,
  read: () => Readonly<Record<string, number>>,
): void => {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [register],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
    },
  });
};

/** `type/name` of each rule that is configured. */
export const ruleCodes = ({ configuration }: MetricSources): readonly string[] =>
  configuration().settings.rules.map(({ type, name }) => `${type}/${name}`);
