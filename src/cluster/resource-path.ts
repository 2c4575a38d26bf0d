import type { DecodableKind } from "../dialects/dialect.ts";
import { GuardError } from "../model/errors.ts";
import { refText, type ObjectRef } from "../model/objects.ts";

const apiPath = ({ group, version }: DecodableKind): string =>
  group === "" ? `/api/${version}` : `/apis/${group}/${version}`;

/** The path of all objects of a kind, of every namespace. */
export const collectionPath = (kind: DecodableKind): string => `${apiPath(kind)}/${kind.resource}`;

/** The narrowest list of a kind asks for a single name; there need not be such an object. */
const ANY_NAME = "netpol-guard";

/** What a namespace may be named (RFC 1123 label): nothing else may get into a path. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** https://github.com/kubernetes/apimachinery/blob/v0.36.0/pkg/fields/selector.go (EscapeValue) */
const escaped = (value: string): string => value.replace(/[\\,=]/g, "\\$&");

/**
 * The path of the list that holds this object and no other. A list tells the version at which there is no such object,
 * which a GET does not. Throws GuardError for a namespace that cannot be.
 */
export const objectPath = (kind: DecodableKind, ref: ObjectRef): string => {
  if (ref.namespace !== "" && !NAMESPACE.test(ref.namespace))
    throw new GuardError(`${refText(ref)} cannot be read: expected the name of a namespace`);
  const query = new URLSearchParams({ fieldSelector: `metadata.name=${escaped(ref.name)}` });
  const namespace = ref.namespace === "" ? "" : `/namespaces/${ref.namespace}`;
  return `${apiPath(kind)}${namespace}/${kind.resource}?${query.toString()}`;
};

/** The path of a list of this kind that holds one object at most, whatever the size of the collection. */
export const narrowPath = (kind: DecodableKind): string =>
  objectPath(kind, { kind: kind.kind, namespace: kind.type === "namespace" ? "" : "default", name: ANY_NAME });
