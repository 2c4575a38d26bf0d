import { describe, expect, it } from "vitest";
import { RULE_TYPES } from "../../../src/rules/index.ts";
import { caseFiles, readCase } from "../rules/corpus-case.ts";

// The API server may send an UPDATE more than once, first with an old form out of its cache. What a rule finds hangs on
// the state, as far as it knows the object; what an object is held to by its own old form, on the form that is sent.

/** Rules that hold an object to its own old form: the last request, which has the right one, is the one that counts. */
const BY_OLD_FORM = ["custom", "forbid-host-network", "required-labels"];

const REFUSED = RULE_TYPES.filter(({ type }) => !BY_OLD_FORM.includes(type)).flatMap(({ type }) =>
  caseFiles(type, "fail")
    .map((file) => readCase(type, file))
    .filter((one) => one.request.operation === "UPDATE" && one.judge().kind === "deny"),
);

describe("the old form that is sent", () => {
  it.each(REFUSED.map((one) => [one.name, one] as const))(
    "makes nothing known that the state does not have: %s",
    (_name, one) => {
      const { object } = one.request;
      expect(one.judge({ request: { oldObject: object } })).toEqual(one.judge());
    },
  );
});
