import type { Logger } from "pino";
import { decodeManifest } from "../dialects/index.ts";
import { asMapping, field, mappingField, refOf, stringField } from "../dialects/manifest.ts";
import { DecodeError } from "../model/errors.ts";
import { unreadablePolicy } from "../model/unreadable-policy.ts";
import type { MisreadObject, VersionedObject } from "./watched-objects.ts";

const resourceVersionOf = (raw: unknown): string =>
  stringField(mappingField(asMapping(raw, ""), "metadata", ""), "resourceVersion", "metadata") ?? "";

/**
 * What is kept of an object of the cluster; undefined if it is of no matter. It cannot be sent back: a policy that is
 * not understood stays as one that leaves open what it selects and allows, anything else as what it is. Throws
 * DecodeError when it has no name.
 */
export const projectWatched = (raw: unknown, log: Logger): VersionedObject | MisreadObject | undefined => {
  const resourceVersion = resourceVersionOf(raw);
  try {
    const object = decodeManifest(raw);
    return object && { object, resourceVersion };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const mapping = asMapping(raw, "");
    const ref = refOf(mapping, field(mapping, "kind") !== "Namespace");
    log.warn({ object: ref, cause: cause.message }, "object not understood");
    return ref.kind === "NetworkPolicy"
      ? { object: { type: "policy", ref, policy: unreadablePolicy(ref, cause.message) }, resourceVersion }
      : { ref, resourceVersion, problem: cause.message };
  }
};
