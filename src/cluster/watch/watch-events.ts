import { asMapping, field, type Mapping } from "../../dialects/manifest.ts";
import { DecodeError, GuardError } from "../../model/errors.ts";
import { errorOfStatus } from "./api-status.ts";
import { identityOf, type ObjectIdentity, resourceVersionOf } from "./watched-resource.ts";

/** What one line of a watch says. */
export type WatchEvent =
  | {
      readonly type: "present";
      readonly object: Mapping;
      readonly identity: ObjectIdentity;
      readonly resourceVersion: string;
    }
  | { readonly type: "absent"; readonly identity: ObjectIdentity; readonly resourceVersion: string }
  | { readonly type: "bookmark"; readonly resourceVersion: string };

const parse = (line: string): Mapping => {
  try {
    return asMapping(JSON.parse(line), "");
  } catch (error) {
    throw new GuardError("an event is not a mapping in JSON", { cause: error });
  }
};

/** Reads a line of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes); throws the ApiError that an ERROR event brings, and DecodeError or GuardError for what is no event. */
export const decodeEvent = (line: string): WatchEvent => {
  const event = parse(line);
  const type = field(event, "type");
  if (type === "ERROR") throw errorOfStatus(field(event, "object"));
  const object = asMapping(field(event, "object"), "object");
  const resourceVersion = resourceVersionOf(object);
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { type: "present", object, identity: identityOf(object), resourceVersion };
    case "DELETED":
      return { type: "absent", identity: identityOf(object), resourceVersion };
    case "BOOKMARK":
      return { type: "bookmark", resourceVersion };
    default:
      throw new DecodeError(
        "type",
        `expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, found ${JSON.stringify(type)}`,
      );
  }
};
