import { asMapping, field, type Mapping, mappingField, stringField } from "../../dialects/manifest.ts";
import { DecodeError, GuardError } from "../../model/errors.ts";
import { type ObjectRef, refText } from "../../model/objects.ts";
import { errorText } from "./error-text.ts";

/** One resource to follow. */
export interface WatchedResource<T> {
  /** Of the collection, `/apis/networking.k8s.io/v1/networkpolicies`; a query with selectors may follow. */
  readonly path: string;
  /**
   * What is kept of an object, which comes with its apiVersion and kind; undefined keeps nothing of it. It is called
   * on arrival, and should not throw: that fails the whole attempt, again and again as long as the object is there.
   */
  readonly project: (raw: unknown) => T | undefined;
}

/** Which object is meant; the uid tells it from another that had its name before. */
export interface ObjectIdentity extends ObjectRef {
  readonly uid: string;
}

/** Takes what the API server has; the calls come in its order, one at a time, and what throws leads to a new list. */
export interface ReflectorSink<T> {
  /** These are all there are, at `resourceVersion`; nothing else comes until it is done. */
  replace(items: readonly T[], resourceVersion: string): void | Promise<void>;
  upsert(item: T, resourceVersion: string): void;
  /** An object was deleted, or changed so that nothing of it is kept; it may be unknown here. */
  remove(object: ObjectIdentity, resourceVersion: string): void;
  /** All changes up to `resourceVersion` have been handed over: after each event, and when a bookmark comes. */
  progress(resourceVersion: string): void;
}

/** Where resource versions are; throws DecodeError. */
export const resourceVersionOf = (object: Mapping): string => {
  const version = stringField(mappingField(object, "metadata", ""), "resourceVersion", "metadata");
  if (version === undefined || version === "")
    throw new DecodeError("metadata.resourceVersion", "expected a version, found none");
  return version;
};

/** Who an object is; throws DecodeError when it has no kind or name. */
export const identityOf = (object: Mapping): ObjectIdentity => {
  const metadata = asMapping(field(object, "metadata"), "metadata");
  const kind = stringField(object, "kind", "") ?? "";
  const name = stringField(metadata, "name", "metadata") ?? "";
  if (kind === "" || name === "")
    throw new DecodeError(kind === "" ? "kind" : "metadata.name", "expected a name, found none");
  return {
    kind,
    namespace: stringField(metadata, "namespace", "metadata") ?? "",
    name,
    uid: stringField(metadata, "uid", "metadata") ?? "",
  };
};

/** What `resource` keeps of an object; throws GuardError that names the object when `project` throws. */
export const projected = <T>(resource: WatchedResource<T>, object: Mapping): T | undefined => {
  try {
    return resource.project(object);
  } catch (error) {
    throw new GuardError(`${refText(identityOf(object))} could not be read: ${errorText(error)}`, { cause: error });
  }
};

/** `path` with `parameters` added to its query. */
export const targetOf = (path: string, parameters: Readonly<Record<string, string>>): string => {
  const url = new URL(path, "http://server.invalid");
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.pathname + url.search;
};
