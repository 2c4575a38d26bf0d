import { randomUUID } from "node:crypto";
import type { Manifest } from "../../src/cluster/manifest-files.ts";
import { asMapping, field, stringField, type Mapping } from "../../src/dialects/manifest.ts";
import type { Operation } from "./cases.ts";

const metadataOf = (object: Mapping): Mapping => asMapping(field(object, "metadata"), "metadata");

/** Kind, namespace and name: what makes two manifests the same object. */
const objectKey = (object: Mapping): string => {
  const metadata = metadataOf(object);
  return [field(object, "kind"), field(metadata, "namespace") ?? "", field(metadata, "name")].join("/");
};

/** The AdmissionReview that an API server would send. */
export const reviewOf = (operation: Operation, object: Mapping, oldObject: Mapping | undefined): object => {
  const [group, version] = String(field(object, "apiVersion")).split("/");
  const kind = { group: version === undefined ? "" : group, version: version ?? group, kind: field(object, "kind") };
  const resource = {
    ...kind,
    kind: undefined,
    resource: kind.kind === "NetworkPolicy" ? "networkpolicies" : `${String(kind.kind).toLowerCase()}s`,
  };
  const metadata = metadataOf(object);
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: field(metadata, "name"),
      namespace:
        stringField(metadata, "namespace", "metadata") ??
        (kind.kind === "Namespace" ? field(metadata, "name") : "default"),
      operation,
      userInfo: { username: "demo", groups: ["system:authenticated"] },
      object: operation === "DELETE" ? null : object,
      oldObject: operation === "CREATE" ? null : (oldObject ?? object),
      dryRun: false,
      options: null,
    },
  };
};

/** The object among `manifests` that `object` replaces; undefined if there is none. */
export const findObject = (manifests: readonly Manifest[], object: Mapping): Mapping | undefined =>
  manifests.find(({ value }) => objectKey(value) === objectKey(object))?.value;
