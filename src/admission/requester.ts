import { listField, mappingField, stringField, type Mapping } from "../dialects/manifest.ts";
import type { Requester } from "../guard/change.ts";

/** Who sent the request of a review. */
export const requesterOf = (request: Mapping): Requester => {
  const user = mappingField(request, "userInfo", "request");
  const groups = listField(user, "groups", "request.userInfo") ?? [];
  return {
    name: stringField(user, "username", "request.userInfo") ?? "",
    groups: groups.filter((group) => typeof group === "string"),
  };
};
