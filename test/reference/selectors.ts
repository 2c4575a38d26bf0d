import type { LabelSelector } from "./manifests.ts";
import type { Ternary } from "./ternary.ts";

/** The labels of a pod or a namespace. */
export type Labels = Readonly<Record<string, string | null>>;

const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefixPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function validKey(key: string): boolean {
  const parts = key.split("/");
  if (parts.length > 2) return false;
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix !== undefined && (prefix.length > 253 || !prefixPart.test(prefix))) return false;
  return namePart.test(parts.at(-1) ?? "");
}

function validValue(value: string): boolean {
  return value === "" || namePart.test(value);
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? (labels[key] ?? "") : undefined;
}

function expressionHolds(labels: Labels, key: string, operator: string, values: readonly string[]): Ternary {
  if (!validKey(key) || !values.every(validValue)) return "undecided";
  const value = valueOf(labels, key);
  const listed = value !== undefined && values.includes(value);
  switch (operator) {
    case "In":
      return values.length === 0 ? "undecided" : listed;
    case "NotIn":
      return values.length === 0 ? "undecided" : !listed;
    case "Exists":
      return values.length > 0 ? "undecided" : value !== undefined;
    case "DoesNotExist":
      return values.length > 0 ? "undecided" : value === undefined;
    default:
      return "undecided";
  }
}

/** Whether a selector that is present selects these labels; "undecided" when any part of it is invalid. */
export function selects(selector: LabelSelector, labels: Labels): Ternary {
  const answers = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) =>
      expressionHolds(labels, key, "In", [value ?? ""]),
    ),
    ...(selector.matchExpressions ?? []).map((expression) =>
      expressionHolds(labels, expression.key, expression.operator, expression.values ?? []),
    ),
  ];
  if (answers.includes("undecided")) return "undecided";
  return !answers.includes(false);
}
