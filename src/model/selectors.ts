/** Labels of one object. A Map, because `constructor` and `toString` are legal keys. */
export type Labels = ReadonlyMap<string, string>;

/** What a selector says of one object's labels; undefined where it cannot be told (a part could not be parsed). */
export type Truth = boolean | undefined;

/** A label selector of any policy language, as a boolean expression. */
export type Selector =
  | { readonly kind: "all" }
  /** `values` are sorted, each once: made by `isIn`. */
  | { readonly kind: "in"; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: "exists"; readonly key: string }
  | { readonly kind: "not"; readonly of: Selector }
  | { readonly kind: "and"; readonly of: readonly Selector[] }
  | { readonly kind: "or"; readonly of: readonly Selector[] }
  | { readonly kind: "unknown"; readonly reason: string };

export const ALL: Selector = { kind: "all" };

/** The key is there, with one of these values. */
export const isIn = (key: string, values: Iterable<string>): Selector => ({
  kind: "in",
  key,
  values: [...new Set(values)].sort(),
});

/** Whether a sorted list holds `value`; lists can have ten thousand entries. */
const sortedHas = (sorted: readonly string[], value: string): boolean => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at === value) return true;
    if (at !== undefined && at < value) low = middle + 1;
    else high = middle;
  }
  return false;
};

/** Whether an `in` selector names this value of its key. */
export const namesValue = (selector: Extract<Selector, { kind: "in" }>, value: string): boolean =>
  selector.values.length === 1 ? selector.values[0] === value : sortedHas(selector.values, value);

const some = (parts: readonly Selector[], labels: Labels, wanted: boolean): Truth => {
  let unknown = false;
  for (const part of parts) {
    const truth = matchesLabels(part, labels);
    if (truth === wanted) return wanted;
    if (truth === undefined) unknown = true;
  }
  return unknown ? undefined : !wanted;
};

/** Whether `selector` matches `labels`, in three values: an unparsable part makes only what hangs on it unknown. */
export const matchesLabels = (selector: Selector, labels: Labels): Truth => {
  switch (selector.kind) {
    case "all":
      return true;
    case "in": {
      const value = labels.get(selector.key);
      return value !== undefined && namesValue(selector, value);
    }
    case "exists":
      return labels.has(selector.key);
    case "not": {
      const truth = matchesLabels(selector.of, labels);
      return truth === undefined ? undefined : !truth;
    }
    case "and":
      return some(selector.of, labels, false);
    case "or":
      return some(selector.of, labels, true);
    case "unknown":
      return undefined;
  }
};

/** Visits every label key that the selector looks at. */
export const visitKeys = (selector: Selector, visit: (key: string) => void): void => {
  switch (selector.kind) {
    case "in":
    case "exists":
      visit(selector.key);
      return;
    case "not":
      visitKeys(selector.of, visit);
      return;
    case "and":
    case "or":
      for (const part of selector.of) visitKeys(part, visit);
      return;
    case "all":
    case "unknown":
      return;
  }
};

/** Why a part of the selector could not be understood; undefined if all of it was. */
export const unknownReason = (selector: Selector): string | undefined => {
  switch (selector.kind) {
    case "unknown":
      return selector.reason;
    case "not":
      return unknownReason(selector.of);
    case "and":
    case "or":
      return selector.of.map(unknownReason).find((reason) => reason !== undefined);
    case "all":
    case "in":
    case "exists":
      return undefined;
  }
};

/** A text that equal selectors share. */
export const canonicalSelector = (selector: Selector): string => {
  switch (selector.kind) {
    case "all":
      return "*";
    case "in":
      return JSON.stringify([selector.key, ...selector.values]);
    case "exists":
      return JSON.stringify(selector.key);
    case "not":
      return `!${canonicalSelector(selector.of)}`;
    case "and":
    case "or":
      return `${selector.kind}(${selector.of.map(canonicalSelector).sort().join(" ")})`;
    case "unknown":
      return `?${JSON.stringify(selector.reason)}`;
  }
};
