import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { decodeReview } from "../../../src/admission/review.ts";
import { KINDS } from "../../../src/dialects/index.ts";
import { CONFIGURATION, GUARD_NAMESPACE } from "../../../src/guard/installation.ts";

// What the shipped registration sends is what the code can read, no more and no less.

const FILE = resolve(import.meta.dirname, "../../../manifests/base/validating-webhook-configuration.yaml");

interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}
interface Entry {
  readonly name: string;
  readonly failurePolicy: string;
  readonly clientConfig: { readonly service: object; readonly caBundle?: string };
  readonly namespaceSelector: { readonly matchExpressions: readonly object[] };
  readonly rules: readonly Rule[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
}
interface Sent {
  readonly entry: string;
  readonly group: string;
  readonly operation: string;
  readonly resource: string;
}

const { webhooks } = parse(readFileSync(FILE, "utf8")) as { readonly webhooks: readonly Entry[] };
const sent: readonly Sent[] = webhooks.flatMap(({ name, rules }) =>
  rules.flatMap(({ apiGroups, operations, resources }) =>
    apiGroups.flatMap((group) =>
      operations.flatMap((operation) => resources.map((resource) => ({ entry: name, group, operation, resource }))),
    ),
  ),
);

/** Kinds by resource that are no objects of the state. */
const OTHERS: Readonly<Record<string, string>> = {
  "pods/binding": "Binding",
  bindings: "Binding",
  configmaps: CONFIGURATION.kind,
};

const kindOf = ({ group, resource }: Sent): string =>
  OTHERS[resource] ??
  KINDS.find((known) => known.group === group && known.resource === resource.split("/")[0])?.kind ??
  "unknown";

describe("the shipped registration", () => {
  it("sends no request to two entries: of two refusals only the first would be read", () => {
    const requests = sent.map(({ group, resource, operation }) => `${group}/${resource} ${operation}`);
    expect(requests.filter((request, index) => requests.indexOf(request) !== index)).toEqual([]);
  });

  it.each(sent)("sends $operation of $resource, which is understood", (request) => {
    const isConfiguration = request.resource === "configmaps";
    const object = {
      kind: kindOf(request),
      metadata: isConfiguration ? CONFIGURATION : { name: "a", namespace: "b" },
    };
    const review = decodeReview({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: {
        uid: "1",
        kind: { group: request.group, version: "v1", kind: kindOf(request) },
        operation: request.operation,
        name: object.metadata.name,
        namespace: object.metadata.namespace,
        object: request.operation === "DELETE" ? null : object,
        oldObject: request.operation === "CREATE" ? null : object,
      },
    });
    expect(review.change ?? review.binding ?? review.configuration).toBeDefined();
  });

  it.each(KINDS)("sends what makes or changes a $kind", ({ group, version, kind, resource }) => {
    const operations = sent
      .filter((request) => request.group === group && request.resource === resource)
      .map(({ operation }) => operation);
    // A Namespace is no end of a path before there are pods in it.
    expect(operations).toEqual(expect.arrayContaining(kind === "Namespace" ? ["UPDATE"] : ["CREATE", "UPDATE"]));
    const versions = webhooks.flatMap(({ rules }) =>
      rules.filter((rule) => rule.resources.includes(resource) && rule.apiGroups.includes(group)),
    );
    expect(versions.map(({ apiVersions }) => apiVersions)).toEqual([[version]]);
  });

  it("sends each subresource through which labels can change", () => {
    const subresources = sent.filter(({ resource }) => resource.includes("/") || resource === "bindings");
    expect([...new Set(subresources.map(({ resource }) => resource))].sort()).toEqual([
      "bindings",
      "namespaces/finalize",
      "namespaces/status",
      "pods/binding",
      "pods/status",
    ]);
  });

  it("calls the guard's Service, and leaves the CA to whoever makes the certificate", () => {
    for (const { clientConfig } of webhooks)
      expect(clientConfig).toEqual({
        service: { namespace: GUARD_NAMESPACE, name: "netpol-guard", path: "/validate", port: 443 },
      });
  });

  it("has the guard's configuration judged, and never waits for a guard to let it be put right", () => {
    const [entry, ...others] = webhooks.filter(({ rules }) =>
      rules.some(({ resources }) => resources.includes("configmaps")),
    );
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      name: "config.netpol-guard.io",
      failurePolicy: "Ignore",
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [CONFIGURATION.namespace] }],
      },
      matchConditions: [{ expression: `request.name == ${JSON.stringify(CONFIGURATION.name)}` }],
    });
    expect(sent.filter(({ resource }) => resource === "configmaps").map(({ operation }) => operation)).toEqual([
      "CREATE",
      "UPDATE",
    ]);
  });
});
