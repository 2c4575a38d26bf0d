import { refKey, type ObjectRef } from "../model/objects.ts";
import type { LoadedObject } from "./manifest-files.ts";
import type { Place } from "./field-place.ts";

/** Where a field of a policy is written, or what is nearest around it; undefined for a policy that was not loaded. */
export type PolicyPlaceOf = (ref: ObjectRef, field: string) => Pick<Place, "file" | "line"> | undefined;

/** Finds fields of the policies among loaded objects. Of two policies of one name the last counts, as in a state. */
export const policyPlaces = (objects: readonly LoadedObject[]): PolicyPlaceOf => {
  const policies = new Map(
    objects.flatMap(({ object, locate }) => (object.type === "policy" ? [[refKey(object.ref), locate] as const] : [])),
  );
  return (ref, field) => {
    const place = policies.get(refKey(ref))?.(field);
    return place && { file: place.file, line: place.line };
  };
};
