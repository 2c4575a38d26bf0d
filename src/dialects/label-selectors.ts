import { DecodeError } from "../model/errors.ts";
import { ALL, isIn, type Selector } from "../model/selectors.ts";
import { asMapping, asString, labelsField, listField, stringField } from "./manifest.ts";

const unknown = (path: string, reason: string): Selector => ({ kind: "unknown", reason: `${path}: ${reason}` });

const decodeRequirement = (value: unknown, path: string): Selector => {
  const requirement = asMapping(value, path);
  const key = asString(stringField(requirement, "key", path), `${path}.key`);
  const operator = stringField(requirement, "operator", path) ?? "";
  const values = new Set(
    (listField(requirement, "values", path) ?? []).map((v, i) => asString(v, `${path}.values[${String(i)}]`)),
  );
  switch (operator) {
    case "In":
    case "NotIn": {
      if (values.size === 0) return unknown(path, `operator ${operator} needs at least one value`);
      const within = isIn(key, values);
      return operator === "In" ? within : { kind: "not", of: within };
    }
    case "Exists":
    case "DoesNotExist": {
      if (values.size > 0) return unknown(path, `operator ${operator} takes no values`);
      const exists: Selector = { kind: "exists", key };
      return operator === "Exists" ? exists : { kind: "not", of: exists };
    }
    default:
      return unknown(path, `expected operator In, NotIn, Exists or DoesNotExist, found ${JSON.stringify(operator)}`);
  }
};

/**
 * Decodes a Kubernetes LabelSelector; an absent or empty one matches everything. What is well-formed and not
 * understood becomes an `unknown` part; a wrong shape throws DecodeError.
 */
export const decodeLabelSelector = (value: unknown, path: string): Selector => {
  if (value === undefined || value === null) return ALL;
  const selector = asMapping(value, path);
  const parts: Selector[] = [];
  for (const [key, label] of labelsField(selector, "matchLabels", path)) parts.push(isIn(key, [label]));
  for (const [index, requirement] of (listField(selector, "matchExpressions", path) ?? []).entries())
    parts.push(decodeRequirement(requirement, `${path}.matchExpressions[${String(index)}]`));
  const foreign = Object.keys(selector).find((key) => key !== "matchLabels" && key !== "matchExpressions");
  if (foreign !== undefined)
    throw new DecodeError(`${path}.${foreign}`, "expected matchLabels or matchExpressions, found an unknown field");
  return parts.length === 0
    ? ALL
    : parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : { kind: "and", of: parts.slice() };
};
