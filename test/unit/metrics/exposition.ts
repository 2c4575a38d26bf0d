/** A family of metrics as it was exposed. */
export interface ExposedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** One line of it. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

const labelsOf = (text: string): ReadonlyMap<string, string> => {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined || labels.has(name))
      throw new Error(`Expected labels, found ${text}`);
    labels.set(name, value);
    at = LABEL.lastIndex;
  }
  return labels;
};

/** Prometheus takes NaN in whatever case, and prom-client writes it so. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["+Inf", Infinity],
  ["-Inf", -Infinity],
  ["Nan", NaN],
]);

const sampleOf = (line: string): Sample => {
  const [, name, labels = "", number] = SAMPLE.exec(line) ?? [];
  const value = NUMBERS.get(number ?? "") ?? Number(number);
  if (name === undefined || (Number.isNaN(value) && number !== "Nan"))
    throw new Error(`Expected a sample, found ${line}`);
  return { name, labels: labelsOf(labels), value };
};

/** Reads Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/); throws at what is none. */
export const parseExposition = (text: string): readonly ExposedFamily[] => {
  const families: { name: string; type: string; help: string; samples: Sample[] }[] = [];
  for (const line of text.split("\n")) {
    const [, what, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    const last = families.at(-1);
    if (what === "HELP" && name !== undefined && rest !== undefined)
      families.push({ name, type: "", help: rest, samples: [] });
    else if (what === "TYPE" && rest !== undefined && last?.name === name && last?.samples.length === 0)
      last.type = rest;
    else if (line !== "" && last !== undefined) last.samples.push(sampleOf(line));
    else if (line !== "") throw new Error(`Expected HELP before a sample, found ${line}`);
  }
  return families;
};

/** The value of one sample; undefined if there is none. */
export const valueOf = (
  text: string,
  name: string,
  wanted: Readonly<Record<string, string>> = {},
): number | undefined =>
  parseExposition(text)
    .flatMap(({ samples }) => samples)
    .find(
      (sample) =>
        sample.name === name && Object.entries(wanted).every(([label, value]) => sample.labels.get(label) === value),
    )?.value;

const HISTOGRAM_PARTS = ["_bucket", "_sum", "_count"];

/** What `promtool check metrics` and the naming rules of Prometheus would say of what is exposed, one line each. */
export const lintExposition = (text: string): readonly string[] => {
  const families = parseExposition(text);
  const names = families.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name}: exposed twice`);
  const faults = families.flatMap(({ name, type, help, samples }) => {
    const parts = type === "histogram" ? HISTOGRAM_PARTS.map((part) => `${name}${part}`) : [name];
    const keys = samples.map(({ name: own, labels }) => `${own} ${JSON.stringify([...labels].sort())}`);
    return [
      ...(["counter", "gauge", "histogram"].includes(type) ? [] : [`${name}: type ${type}`]),
      ...(help.length > 10 ? [] : [`${name}: no help`]),
      ...(/^[a-z][a-z0-9_]*$/.test(name) ? [] : [`${name}: expected snake case`]),
      ...(type === "counter" && !name.endsWith("_total") ? [`${name}: a counter ends in _total`] : []),
      ...(type !== "counter" && name.endsWith("_total") ? [`${name}: only a counter ends in _total`] : []),
      ...(/_(bucket|sum|count|info)$/.test(name) ? [`${name}: a suffix of others`] : []),
      ...(/(milli|micro|nano|kilo|mega)(seconds|bytes)|_(ms|minutes|hours)(_|$)/.test(name) ? [`${name}: unit`] : []),
      ...samples.filter((sample) => !parts.includes(sample.name)).map((sample) => `${name}: holds ${sample.name}`),
      ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key}: exposed twice`),
    ];
  });
  return [...twice, ...faults, ...(text.endsWith("\n") ? [] : ["expected a line feed at the end"])];
};
