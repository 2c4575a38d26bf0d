import type { Labels, Selector, Truth } from "../model/selectors.ts";
import { namesValue, visitKeys } from "../model/selectors.ts";

/** A label that is decided on: its value, or null for "the key is missing". */
type Assignment = Map<string, string | null>;

/** So many parts of selectors are looked at before the question is given up: some ten milliseconds. Dozens need thousands. */
const MOST_WORK = 1_000_000;

const evaluate = (selector: Selector, labels: Assignment): Truth => {
  switch (selector.kind) {
    case "all":
      return true;
    case "in": {
      const value = labels.get(selector.key);
      return value === undefined ? undefined : value !== null && namesValue(selector, value);
    }
    case "exists": {
      const value = labels.get(selector.key);
      return value === undefined ? undefined : value !== null;
    }
    case "not": {
      const truth = evaluate(selector.of, labels);
      return truth === undefined ? undefined : !truth;
    }
    case "and":
    case "or": {
      const decisive = selector.kind === "or";
      const truths = selector.of.map((part) => evaluate(part, labels));
      return truths.includes(decisive) ? decisive : truths.includes(undefined) ? undefined : !decisive;
    }
    case "unknown":
      return false;
  }
};

const visitValues = (selector: Selector, visit: (key: string, value: string) => void): void => {
  if (selector.kind === "in") for (const value of selector.values) visit(selector.key, value);
  else if (selector.kind === "not") visitValues(selector.of, visit);
  else if (selector.kind === "and" || selector.kind === "or") for (const part of selector.of) visitValues(part, visit);
};

/** For each key, the values worth trying: those that a selector names, one that none names, and none at all. */
const domainsOf = (selectors: readonly Selector[]): ReadonlyMap<string, readonly (string | null)[]> => {
  const values = new Map<string, Set<string>>();
  for (const selector of selectors) {
    visitKeys(selector, (key) => {
      if (!values.has(key)) values.set(key, new Set());
    });
    visitValues(selector, (key, value) => values.get(key)?.add(value));
  }
  return new Map(
    [...values].map(([key, named]) => {
      let other = "other";
      while (named.has(other)) other += "-x";
      return [key, [null, other, ...[...named].sort()]];
    }),
  );
};

const openKey = (selector: Selector, labels: Assignment): string | undefined => {
  let open: string | undefined;
  visitKeys(selector, (key) => {
    if (open === undefined && !labels.has(key)) open = key;
  });
  return open;
};

/** What a search among all label sets finds. */
export type Coverage =
  | { readonly kind: "all" }
  /** These labels are not enough. */
  | { readonly kind: "missed"; readonly labels: Labels }
  | { readonly kind: "given-up" };

/** How much of the selectors a search has looked at. */
const sizeOf = (selector: Selector): number => {
  switch (selector.kind) {
    case "not":
      return 1 + sizeOf(selector.of);
    case "and":
    case "or":
      return selector.of.reduce((sum, part) => sum + sizeOf(part), 1);
    case "all":
    case "in":
    case "exists":
    case "unknown":
      return 1;
  }
};

/**
 * Looks for a label set whose matching selectors, by index, are not `enough`. More matches are never less enough. A part
 * that cannot be understood counts as no match.
 */
export const searchLabels = (
  selectors: readonly Selector[],
  enough: (matching: readonly number[]) => boolean,
): Coverage => {
  const size = selectors.reduce((sum, selector) => sum + sizeOf(selector), 0);
  const labels: Assignment = new Map();
  const domains = domainsOf(selectors);
  let work = 0;
  const search = (): "missed" | "none" | "given-up" => {
    work += size;
    if (work > MOST_WORK) return "given-up";
    const truths = selectors.map((selector) => evaluate(selector, labels));
    const sure = [...truths.keys()].filter((index) => truths[index] === true);
    if (enough(sure)) return "none";
    const open = selectors[truths.indexOf(undefined)];
    const key = open === undefined ? undefined : openKey(open, labels);
    if (key === undefined || !enough([...truths.keys()].filter((index) => truths[index] !== false))) return "missed";
    for (const value of domains.get(key) ?? []) {
      labels.set(key, value);
      const result = search();
      if (result !== "none") return result;
    }
    labels.delete(key);
    return "none";
  };
  const result = search();
  if (result === "none") return { kind: "all" };
  if (result === "given-up") return { kind: "given-up" };
  return {
    kind: "missed",
    labels: new Map([...labels].flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
  };
};

/** Whether some selector matches, for every label set there can be. */
export const coverageOf = (selectors: readonly Selector[]): Coverage =>
  selectors.some(({ kind }) => kind === "all")
    ? { kind: "all" }
    : searchLabels(selectors, (matching) => matching.length > 0);

/** Labels that match all of the selectors; undefined if there are none, or none are found in time. */
export const labelsFor = (selectors: readonly Selector[]): Labels | undefined => {
  const found = searchLabels([{ kind: "not", of: { kind: "and", of: selectors } }], (matching) => matching.length > 0);
  return found.kind === "missed" ? found.labels : undefined;
};
