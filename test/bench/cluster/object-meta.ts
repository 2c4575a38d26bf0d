import type { Mapping } from "../../../src/dialects/manifest.ts";

/** What an object is called and carries; `serial` has eight characters and makes its uid and version. */
export interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: Mapping;
  readonly serial: string;
  readonly resourceVersion?: string;
}

/** Who wrote which part of an object. */
export interface Writer {
  readonly manager: string;
  readonly subresource?: "status";
  readonly fields: Mapping;
}

const MADE = "2026-03-02T08:15:30Z";

/** Eight digits, as serials have them. */
export const serialText = (serial: number): string => String(serial).padStart(8, "0");

/** A uid of its own for each serial. */
export const uidOf = (serial: string): string => `5f0c4e1a-9d27-4b6e-8a31-0000${serial}`;

const isNamed = (item: unknown): item is { readonly name: string } =>
  typeof item === "object" && item !== null && "name" in item && typeof item.name === "string";

/** Lists of named items are owned item by item, all others as a whole. */
const fieldSet = (value: unknown): object => {
  if (Array.isArray(value))
    return Object.fromEntries(
      value.filter(isNamed).map((item) => [`k:${JSON.stringify({ name: item.name })}`, { ".": {}, ...fieldSet(item) }]),
    );
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, fieldSet(inner)]));
};

/** What an API server notes of a writer. */
export const managed = (apiVersion: string, { manager, subresource, fields }: Writer): Mapping => ({
  manager,
  operation: "Update",
  apiVersion,
  time: MADE,
  fieldsType: "FieldsV1",
  fieldsV1: fieldSet(fields),
  ...(subresource === undefined ? {} : { subresource }),
});

/** The object as an API server hands it out: uid, version, times, and who manages which of its fields. */
export const stored = (
  manifest: Mapping & { readonly apiVersion: string; readonly kind: string },
  { name, namespace, labels, annotations, owner, serial, resourceVersion }: Named,
  managedFields: readonly Mapping[],
): Mapping => ({
  ...manifest,
  metadata: {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uidOf(serial),
    resourceVersion: resourceVersion ?? serial,
    creationTimestamp: MADE,
    labels,
    ...(annotations === undefined ? {} : { annotations }),
    ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    managedFields,
  },
});
