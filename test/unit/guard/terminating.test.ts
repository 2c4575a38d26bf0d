import { describe, expect, it } from "vitest";
import { RULE_TYPES } from "../../../src/rules/index.ts";
import { caseFiles, readCase, type CorpusCase } from "../rules/corpus-case.ts";

// What is being deleted must be able to go, and is no way around a rule: all refusals of the corpus say so.

const SINCE = "2026-01-01T00:00:00Z";

type Manifest = CorpusCase["request"]["object"];

const REFUSED = RULE_TYPES.flatMap(({ type }) => caseFiles(type, "fail").map((file) => readCase(type, file))).filter(
  (one) => one.judge().kind === "deny",
);
const refused = (...operations: readonly CorpusCase["request"]["operation"][]) =>
  REFUSED.filter(({ request }) => operations.includes(request.operation)).map((one) => [one.name, one] as const);

const metadataOf = ({ metadata }: Manifest): object =>
  typeof metadata === "object" && metadata !== null ? metadata : expect.fail("expected metadata");
const terminating = (object: Manifest, more: object = {}): Manifest => ({
  ...object,
  metadata: { ...metadataOf(object), deletionTimestamp: SINCE, ...more },
});
const namespaceOf = (object: Manifest): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: (metadataOf(object) as { readonly namespace?: string }).namespace ?? "default" },
});

describe("what is being deleted", () => {
  it.each(refused("UPDATE"))("is refused a change as ever: %s", (_name, one) => {
    expect(one.judge({ request: { object: terminating(one.request.object) } }).kind).toBe("deny");
  });

  it.each(refused("CREATE", "UPDATE"))("may lose its finalizers, whatever it is: %s", (_name, one) => {
    const { object } = one.request;
    const held = terminating(object, { finalizers: ["example.com/hold"] });
    const request = { operation: "UPDATE", object: terminating(object), oldObject: held } as const;
    expect(one.judge({ request, state: [held] }).kind).toBe("allow");
  });

  it.each(refused("DELETE"))("may go with its namespace: %s", (_name, one) => {
    expect(one.judge({ state: [terminating(namespaceOf(one.request.object))] }).kind).toBe("allow");
  });
});
