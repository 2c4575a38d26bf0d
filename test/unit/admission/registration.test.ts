import { describe, expect, it } from "vitest";
import { decodeReview } from "../../../src/admission/review.ts";
import { KINDS } from "../../../src/dialects/index.ts";
import { CONFIGURATION, CONFIGURATION_ENTRY, GUARD_NAMESPACE } from "../../../src/guard/installation.ts";
import { sent, webhooks, type Sent } from "./shipped-webhooks.ts";

// What the shipped registration sends is what the code can read, no more and no less.

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

  it("waits for an answer to policies, workloads and labels, and not to pods, which come back when the guard is down", () => {
    expect(Object.fromEntries(webhooks.map(({ name, failurePolicy }) => [name, failurePolicy]))).toEqual({
      "policies.netpol-guard.io": "Fail",
      "pods.netpol-guard.io": "Ignore",
      "workloads.netpol-guard.io": "Fail",
      "labels.netpol-guard.io": "Fail",
      [CONFIGURATION_ENTRY]: "Ignore",
    });
  });

  it.each(webhooks)("has $name asked about every version of a kind, on dry runs too, for ten seconds", (entry) => {
    expect(entry).toMatchObject({
      sideEffects: "None",
      matchPolicy: "Equivalent",
      admissionReviewVersions: ["v1"],
      timeoutSeconds: 10,
    });
  });

  it.each(webhooks.filter(({ name }) => name !== CONFIGURATION_ENTRY))(
    "leaves out of $name the namespaces without which no cluster starts, by a label that nobody can set, and no others",
    (entry) => {
      expect(entry.namespaceSelector).toEqual({
        matchExpressions: [
          {
            key: "kubernetes.io/metadata.name",
            operator: "NotIn",
            values: ["kube-system", "kube-node-lease", GUARD_NAMESPACE],
          },
        ],
      });
      expect(entry).not.toHaveProperty("objectSelector");
    },
  );

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
      matchConditions: [{ expression: `has(request.name) && request.name == ${JSON.stringify(CONFIGURATION.name)}` }],
    });
    expect(sent.filter(({ resource }) => resource === "configmaps").map(({ operation }) => operation)).toEqual([
      "CREATE",
      "UPDATE",
    ]);
  });
});
