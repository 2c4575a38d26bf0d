import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

const FILE = resolve(import.meta.dirname, "../../../manifests/base/validating-webhook-configuration.yaml");

interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

/** One entry of the shipped registration. */
export interface Entry {
  readonly name: string;
  readonly failurePolicy: string;
  readonly sideEffects: string;
  readonly matchPolicy: string;
  readonly admissionReviewVersions: readonly string[];
  readonly timeoutSeconds: number;
  readonly clientConfig: { readonly service: object; readonly caBundle?: string };
  readonly namespaceSelector: { readonly matchExpressions: readonly object[] };
  readonly rules: readonly Rule[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
}

/** What an entry has the API server send. */
export interface Sent {
  readonly entry: string;
  readonly group: string;
  readonly operation: string;
  /** With its subresource, `pods/status`. */
  readonly resource: string;
}

/** The entries of the registration as it is shipped. */
export const { webhooks } = parse(readFileSync(FILE, "utf8")) as { readonly webhooks: readonly Entry[] };

/** All that they have the API server send. */
export const sent: readonly Sent[] = webhooks.flatMap(({ name, rules }) =>
  rules.flatMap(({ apiGroups, operations, resources }) =>
    apiGroups.flatMap((group) =>
      operations.flatMap((operation) => resources.map((resource) => ({ entry: name, group, operation, resource }))),
    ),
  ),
);
