import type { Labels, Selector, Truth } from "../model/selectors.ts";
import { namesValue, visitKeys } from "../model/selectors.ts";

/** A label that is decided on: its value, or null for "the key is missing". */
type Assignment = Map<string, string | null>;

/** So many label sets are tried before the question is given up; some dozen policies need some hundred. */
const MOST_STEPS = 20_000;

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

/** Whether selectors together match every label set there can be; if not, one that they miss. */
export type Coverage =
  { readonly kind: "all" } | { readonly kind: "missed"; readonly labels: Labels } | { readonly kind: "given-up" };

/** Looks for a label set that none of the selectors matches. A part that cannot be understood counts as no match. */
export const coverageOf = (selectors: readonly Selector[]): Coverage => {
  const domains = domainsOf(selectors);
  const labels: Assignment = new Map();
  let steps = 0;
  const search = (): "missed" | "none" | "given-up" => {
    if (++steps > MOST_STEPS) return "given-up";
    const truths = selectors.map((selector) => evaluate(selector, labels));
    if (truths.includes(true)) return "none";
    const undecided = selectors[truths.indexOf(undefined)];
    const key = undecided === undefined ? undefined : openKey(undecided, labels);
    if (key === undefined) return "missed";
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
