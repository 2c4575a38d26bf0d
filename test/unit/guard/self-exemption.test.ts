import { expect, it } from "vitest";
import { RULE_TYPES } from "../../../src/rules/index.ts";
import { caseFiles, readCase, type CorpusCase } from "../rules/corpus-case.ts";

// No label or annotation that a tenant can set exempts anything: every refusal of the corpus stays what it is when all
// objects have all of these.

type Manifest = CorpusCase["request"]["object"];

/** As this guard might have them, and as others do. */
const MARKS = {
  "netpol-guard.io/exempt": "true",
  "netpol-guard.io/ignore": "true",
  "netpol-guard.io/mode": "off",
  "netpol-guard.io/emergency": "{}",
  "app.kubernetes.io/name": "netpol-guard",
  "admission.gatekeeper.sh/ignore": "true",
  "pod-security.kubernetes.io/enforce": "privileged",
  "kubernetes.io/metadata.name": "exempt",
  "control-plane": "true",
};

const REFUSED = RULE_TYPES.flatMap(({ type }) => caseFiles(type, "fail").map((file) => readCase(type, file))).filter(
  (one) => one.judge().kind === "deny",
);

const isMapping = (value: unknown): value is Manifest =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mappingOf = (manifest: Manifest, key: string): Manifest => {
  const value = manifest[key];
  return isMapping(value) ? value : {};
};
const marked = (manifest: Manifest): Manifest => {
  const metadata = mappingOf(manifest, "metadata");
  const labels = { ...mappingOf(metadata, "labels"), ...MARKS };
  return {
    ...manifest,
    metadata: { ...metadata, labels, annotations: { ...mappingOf(metadata, "annotations"), ...MARKS } },
  };
};

/** The namespace of an object, which need not be in the state. */
const namespaceOf = (manifest: Manifest): Manifest => {
  const { namespace } = mappingOf(manifest, "metadata");
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: typeof namespace === "string" ? namespace : "default" },
  };
};

it.each(REFUSED.map((one) => [one.name, one] as const))("%s", (_name, one) => {
  const { object, oldObject, operation } = one.request;
  const guard = { exemptNamespaces: ["exempt"] };
  const request = {
    object: operation === "DELETE" ? object : marked(object),
    ...(oldObject === undefined ? {} : { oldObject: marked(oldObject) }),
  };
  const state = [namespaceOf(object), ...one.state].map(marked);
  expect(one.judge({ guard, request, state })).toEqual(one.judge());
});
