import { DecodeError } from "../model/errors.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { Labels } from "../model/selectors.ts";

/** A decoded JSON or YAML mapping; foreign keys, so looked up through `field` only. */
export type Mapping = Readonly<Record<string, unknown>>;

/** So much of a user's text is repeated in an error. */
const MOST_QUOTED = 80;

/** What a value is, in the words of an error message; never its inside, which may be deep or long. */
export const described = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `"${value.slice(0, MOST_QUOTED)}${value.length > MOST_QUOTED ? "…" : ""}"`;
  return typeof value === "number" || typeof value === "boolean" ? `${typeof value} ${String(value)}` : "a mapping";
};

const expected = (what: string, value: unknown, path: string): DecodeError =>
  new DecodeError(path, `expected ${what}, found ${described(value)}`);

/** An own property; null counts as absent, as in the Kubernetes API. */
export const field = (mapping: Mapping, key: string): unknown =>
  Object.hasOwn(mapping, key) ? (mapping[key] ?? undefined) : undefined;

const at = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

const NOTHING: Mapping = {};

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a mapping; throws DecodeError. */
export const asMapping = (value: unknown, path: string): Mapping => {
  if (!isMapping(value)) throw expected("a mapping", value, path);
  return value;
};

/** Reads a mapping that may be absent, which means an empty one; throws DecodeError. */
export const mappingField = (mapping: Mapping, key: string, path: string): Mapping => {
  const value = field(mapping, key);
  if (value === undefined) return NOTHING;
  return isMapping(value) ? value : asMapping(value, at(path, key));
};

/** Reads a list that may be absent; throws DecodeError. */
export const listField = (mapping: Mapping, key: string, path: string): readonly unknown[] | undefined => {
  const value = field(mapping, key);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw expected("a list", value, at(path, key));
  return value as readonly unknown[];
};

/** Reads a string; throws DecodeError. */
export const asString = (value: unknown, path: string): string => {
  if (typeof value !== "string") throw expected("a string", value, path);
  return value;
};

/** Reads a string that may be absent; an empty one counts as absent, as in Go. Throws DecodeError. */
export const stringField = (mapping: Mapping, key: string, path: string): string | undefined => {
  const value = field(mapping, key);
  if (value === undefined || value === "") return undefined;
  return typeof value === "string" ? value : asString(value, at(path, key));
};

/** Reads a boolean that may be absent, which means false; throws DecodeError. */
export const flagField = (mapping: Mapping, key: string, path: string): boolean => {
  const value = field(mapping, key);
  if (value === undefined) return false;
  if (typeof value !== "boolean") throw expected("true or false", value, at(path, key));
  return value;
};

const NO_LABELS: Labels = new Map();

/** Reads a map of strings, own keys only; throws DecodeError. */
export const labelsField = (mapping: Mapping, key: string, path: string): Labels => {
  const value = field(mapping, key);
  if (value === undefined) return NO_LABELS;
  const labels = new Map<string, string>();
  const labelled = asMapping(value, at(path, key));
  for (const name of Object.keys(labelled)) {
    const text = labelled[name];
    labels.set(name, typeof text === "string" ? text : asString(text, `${at(path, key)}[${JSON.stringify(name)}]`));
  }
  return labels;
};

/** The namespace of a namespaced manifest that names none. */
const DEFAULT_NAMESPACE = "default";

/** Which object a manifest defines; throws DecodeError when it has no kind or name. */
export const refOf = (manifest: Mapping, namespaced: boolean): ObjectRef => {
  const kind = asString(field(manifest, "kind"), "kind");
  const metadata = asMapping(field(manifest, "metadata"), "metadata");
  const name = stringField(metadata, "name", "metadata") ?? stringField(metadata, "generateName", "metadata");
  if (name === undefined) throw new DecodeError("metadata.name", `expected the name of this ${kind}, found none`);
  const namespace = namespaced ? (stringField(metadata, "namespace", "metadata") ?? DEFAULT_NAMESPACE) : "";
  return { kind, namespace, name };
};

/** Whether the object is being deleted. */
export const isTerminating = (manifest: Mapping): boolean =>
  field(mappingField(manifest, "metadata", ""), "deletionTimestamp") !== undefined;
