import { field, flagField, labelsField, mappingField, stringField, type Mapping } from "../dialects/manifest.ts";
import type { Change } from "../guard/change.ts";
import type { StateSource } from "../guard/state-source.ts";
import { DecodeError } from "../model/errors.ts";
import type { Labels } from "../model/selectors.ts";
import { requesterOf } from "./requester.ts";

/** Labels that binding a pod to its node sets on it. */
export interface Binding extends Pick<Change, "ref" | "dryRun" | "requester"> {
  readonly labels: Labels;
}

/** Reads a creation of `pods/binding` or of the older `bindings`; undefined if the kind is another. Throws DecodeError. */
export const decodeBinding = (request: Mapping, kind: Mapping): Binding | undefined => {
  if (field(kind, "kind") !== "Binding" || stringField(kind, "group", "request.kind") !== undefined) return undefined;
  const metadata = mappingField(mappingField(request, "object", "request"), "metadata", "request.object");
  const name = stringField(request, "name", "request") ?? stringField(metadata, "name", "request.object.metadata");
  const namespace = stringField(request, "namespace", "request");
  if (name === undefined || namespace === undefined)
    throw new DecodeError("request.name", "expected the name and namespace of the pod that is bound, found none");
  return {
    ref: { kind: "Pod", namespace, name },
    labels: labelsField(metadata, "labels", "request.object.metadata"),
    dryRun: flagField(request, "dryRun", "request"),
    requester: requesterOf(request),
  };
};

/** What a binding does to the labels of its pod; a change without an object when the pod is not known. */
export const changeByBinding = (state: StateSource["index"], { ref, labels, dryRun, requester }: Binding): Change => {
  const endpoint = state.endpoint(ref);
  const old = endpoint && { type: "endpoint" as const, ref, endpoint };
  const object = old && { ...old, endpoint: { ...old.endpoint, labels: new Map([...old.endpoint.labels, ...labels]) } };
  return { operation: "UPDATE", ref, type: "endpoint", object, old, dryRun, requester };
};
