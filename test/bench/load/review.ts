import type { Mapping } from "../../../src/dialects/manifest.ts";
import { uidOf } from "../cluster/object-meta.ts";

/** What requests differ in: it stands in every template where eight digits of a request's own number go. */
export const SLOT = "%%%%%%%%";

/** A resource as AdmissionReviews name it. */
export interface Resource {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
}

const CONTROLLER = {
  username: "system:serviceaccount:kube-system:replicaset-controller",
  uid: "0a4e0c4e-5b55-4f8e-9d3c-2f9f4c1f7a10",
  groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
  extra: { "authentication.kubernetes.io/credential-id": ["JTI=9d1c3f50-6f0c-4d7e-8d53-0e4a7b1c2d3e"] },
};

/** The text of the AdmissionReview that an API server would send, without the namespace of cluster-scoped objects. */
export const reviewText = (
  { group, kind, resource }: Resource,
  place: { readonly name: string; readonly namespace: string },
  object: Mapping,
  oldObject: Mapping | null,
): string => {
  const operation = oldObject === null ? "CREATE" : "UPDATE";
  const kindName = { group, version: "v1", kind };
  const resourceName = { group, version: "v1", resource };
  return JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: {
      uid: uidOf(SLOT),
      kind: kindName,
      resource: resourceName,
      requestKind: kindName,
      requestResource: resourceName,
      ...place,
      operation,
      userInfo: CONTROLLER,
      object,
      oldObject,
      dryRun: false,
      options: { kind: operation === "CREATE" ? "CreateOptions" : "UpdateOptions", apiVersion: "meta.k8s.io/v1" },
    },
  });
};
