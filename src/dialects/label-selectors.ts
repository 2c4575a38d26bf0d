import { DecodeError } from "../model/errors.ts";
import { ALL, isIn, type Selector } from "../model/selectors.ts";
import { asMapping, asString, described, labelsField, listField, stringField } from "./manifest.ts";

const unknown = (path: string, reason: string): Selector => ({ kind: "unknown", reason: `${path}: ${reason}` });

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why a text can be no label key (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/). */
const keyFault = (key: string): string | undefined => {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const isKey =
    NAME.test(key.slice(slash + 1)) && (prefix === undefined || (prefix.length <= 253 && PREFIX.test(prefix)));
  return isKey ? undefined : `expected a label key, found ${described(key)}`;
};

const valueFault = (value: string): string | undefined =>
  value === "" || NAME.test(value) ? undefined : `expected a label value, found ${described(value)}`;

const decodeRequirement = (value: unknown, path: string): Selector => {
  const requirement = asMapping(value, path);
  const key = asString(stringField(requirement, "key", path), `${path}.key`);
  const operator = stringField(requirement, "operator", path) ?? "";
  const values = new Set(
    (listField(requirement, "values", path) ?? []).map((v, i) => asString(v, `${path}.values[${String(i)}]`)),
  );
  const fault = keyFault(key) ?? [...values].map(valueFault).find((found) => found !== undefined);
  if (fault !== undefined) return unknown(path, fault);
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
      return unknown(path, `expected operator In, NotIn, Exists or DoesNotExist, found ${described(operator)}`);
  }
};

const labelPart = (key: string, value: string, path: string): Selector => {
  const fault = keyFault(key) ?? valueFault(value);
  return fault === undefined ? isIn(key, [value]) : unknown(path, fault);
};

/**
 * Decodes a Kubernetes LabelSelector; an absent or empty one matches everything. What is well-formed and not
 * understood makes all of the selector `unknown`, as the API refuses it whole; a wrong shape throws DecodeError.
 */
export const decodeLabelSelector = (value: unknown, path: string): Selector => {
  if (value === undefined || value === null) return ALL;
  const selector = asMapping(value, path);
  const parts: Selector[] = [];
  for (const [key, label] of labelsField(selector, "matchLabels", path))
    parts.push(labelPart(key, label, `${path}.matchLabels`));
  for (const [index, requirement] of (listField(selector, "matchExpressions", path) ?? []).entries())
    parts.push(decodeRequirement(requirement, `${path}.matchExpressions[${String(index)}]`));
  const foreign = Object.keys(selector).find((key) => key !== "matchLabels" && key !== "matchExpressions");
  if (foreign !== undefined)
    throw new DecodeError(`${path}.${foreign}`, "expected matchLabels or matchExpressions, found an unknown field");
  const fault = parts.find(({ kind }) => kind === "unknown");
  if (fault !== undefined) return fault;
  return parts.length === 0
    ? ALL
    : parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : { kind: "and", of: parts.slice() };
};
