import { findKind } from "../dialects/index.ts";
import {
  asMapping,
  asString,
  field,
  flagField,
  mappingField,
  stringField,
  type Mapping,
} from "../dialects/manifest.ts";
import type { Change } from "../guard/change.ts";
import { DecodeError } from "../model/errors.ts";
import { decodeBinding, type Binding } from "./binding.ts";
import { decodeConfigurationChange, type ConfigurationChange } from "./own-configuration.ts";
import { requesterOf } from "./requester.ts";

/** An AdmissionReview request, as far as it was understood. */
export interface Review {
  readonly uid: string;
  /** What was asked for, `GROUP/VERSION/KIND`, where the API server made another kind of it, which is judged; else undefined. */
  readonly requestKind: string | undefined;
  /** What the request does to an object of a kind that is judged; undefined for any other. */
  readonly change: Change | undefined;
  /** A binding of a pod to a node, which writes its own labels over the pod's; undefined for any other request. */
  readonly binding: Binding | undefined;
  /** What it makes of the guard's own configuration; undefined for any other request. */
  readonly configuration: ConfigurationChange | undefined;
  /** The name is still to be generated: the object cannot be told from others yet. */
  readonly unnamed: boolean;
  /** Resource version of the object that an update or deletion replaces. */
  readonly replaces: string | undefined;
}

const NOTHING: Omit<Review, "uid" | "requestKind"> = {
  change: undefined,
  binding: undefined,
  configuration: undefined,
  unnamed: false,
  replaces: undefined,
};

const kindText = (kind: Mapping, path: string): string =>
  ["group", "version", "kind"].map((key) => stringField(kind, key, path) ?? "").join("/");

const requestKindOf = (request: Mapping, judged: Mapping): string | undefined => {
  if (field(request, "requestKind") === undefined) return undefined;
  const asked = kindText(mappingField(request, "requestKind", "request"), "request.requestKind");
  return asked === kindText(judged, "request.kind") ? undefined : asked;
};

const OPERATIONS = ["CREATE", "UPDATE", "DELETE"] as const;

const operationOf = (request: Mapping): Change["operation"] | undefined => {
  const text = asString(field(request, "operation"), "request.operation");
  const operation = OPERATIONS.find((known) => known === text);
  if (operation === undefined && text !== "CONNECT")
    throw new DecodeError(
      "request.operation",
      `expected CREATE, UPDATE, DELETE or CONNECT, found ${JSON.stringify(text)}`,
    );
  return operation;
};

/** Runs `decode` on a manifest of the request, so that an error names the place in the review. */
const within = <T>(path: string, decode: () => T): T => {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof DecodeError) throw new DecodeError(path, cause.message);
    throw cause;
  }
};

/** The manifest with what the request says of it: its kind, and its namespace where it names none itself. */
const placed = (manifest: Mapping, kind: string, namespace: string): Mapping => {
  const metadata = mappingField(manifest, "metadata", "");
  if (namespace !== "" && field(metadata, "namespace") === undefined)
    return { ...manifest, kind, metadata: { ...metadata, namespace } };
  return field(manifest, "kind") === kind ? manifest : { ...manifest, kind };
};

/** Reads an AdmissionReview v1; throws DecodeError with the path of what is wrong. */
export const decodeReview = (body: unknown): Review => {
  const review = asMapping(body, "");
  const apiVersion = asString(field(review, "apiVersion"), "apiVersion");
  if (apiVersion !== "admission.k8s.io/v1")
    throw new DecodeError("apiVersion", `expected admission.k8s.io/v1, found ${JSON.stringify(apiVersion)}`);
  const kind = asString(field(review, "kind"), "kind");
  if (kind !== "AdmissionReview")
    throw new DecodeError("kind", `expected AdmissionReview, found ${JSON.stringify(kind)}`);
  const request = asMapping(field(review, "request"), "request");
  const uid = asString(field(request, "uid"), "request.uid");
  const objectKind = asMapping(field(request, "kind"), "request.kind");
  const operation = operationOf(request);
  const known = findKind(
    stringField(objectKind, "group", "request.kind") ?? "",
    asString(field(objectKind, "kind"), "request.kind.kind"),
  );
  const none: Review = { uid, requestKind: requestKindOf(request, objectKind), ...NOTHING };
  if (operation === undefined) return none;
  if (known === undefined)
    return {
      ...none,
      binding: decodeBinding(request, objectKind),
      configuration: decodeConfigurationChange(request, objectKind),
    };
  const side = (key: "object" | "oldObject"): Mapping | undefined => {
    const value = field(request, key);
    return value === undefined ? undefined : asMapping(value, `request.${key}`);
  };
  const [object, oldObject] = [
    operation === "DELETE" ? undefined : side("object"),
    operation === "CREATE" ? undefined : side("oldObject"),
  ];
  if (object === undefined && operation !== "DELETE")
    throw new DecodeError("request.object", `expected the object of this ${operation}, found none`);
  const namespace = stringField(request, "namespace", "request") ?? "";
  const decode = (manifest: Mapping | undefined, key: string) =>
    manifest && within(`request.${key}`, () => known.decode(placed(manifest, known.kind, namespace)));
  const now = decode(object, "object");
  const old = decode(oldObject, "oldObject");
  const ref = (now ?? old)?.ref;
  if (ref === undefined) throw new DecodeError("request.oldObject", "expected the object that is deleted, found none");
  if (ref.namespace !== "" && namespace !== "" && namespace !== ref.namespace)
    throw new DecodeError(
      "request.namespace",
      `expected the namespace of the object, ${ref.namespace}, found ${namespace}`,
    );
  return {
    ...none,
    change: {
      operation,
      ref,
      type: (now ?? old)?.type ?? "policy",
      object: now,
      old,
      dryRun: flagField(request, "dryRun", "request"),
      requester: requesterOf(request),
    },
    unnamed:
      object !== undefined && stringField(mappingField(object, "metadata", ""), "name", "metadata") === undefined,
    replaces: oldObject && stringField(mappingField(oldObject, "metadata", ""), "resourceVersion", "metadata"),
  };
};
