import fc, { type Arbitrary } from "fast-check";
import type { LabelSelector } from "./manifests.ts";

/** Namespaces that objects are put in. */
export const namespaceNames = ["alpha", "beta", "gamma"] as const;

/** The namespace of a pod or a policy: most are in few. */
export const someNamespace = fc.constantFrom(...["alpha", "alpha", "alpha", "beta", "beta", "gamma"]);

/** The protocols that policies know. */
export const protocols = ["TCP", "UDP", "SCTP"] as const;

/** Names of container ports. */
export const portNames = ["http", "http", "web-8080"] as const;

/** Port numbers, some of them next to each other. */
export const portNumbers = [1, 53, 79, 80, 81, 443, 8080, 8081, 65535] as const;

const podKeys = [...["app", "app", "app", "tier", "tier"], ...["constructor", "toString", "example.com/role"]];
const namespaceKeys = ["team", "team", "hasOwnProperty"];
const values = ["", "a", "b"] as const;

/** Objects with all of these fields. */
export function full<T>(model: { [K in keyof T]: Arbitrary<T[K]> }) {
  return fc.record<T>(model, { noNullPrototype: true });
}

/** Objects in which any field may be missing. */
export function sparse<T>(model: { [K in keyof T]: Arbitrary<T[K]> }) {
  const constraints = { requiredKeys: [], noNullPrototype: true };
  return fc.record<T, never>(model, constraints);
}

function labelsOf(keys: readonly string[], maxLength: number): Arbitrary<Readonly<Record<string, string>>> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), {
      selector: ([key]) => key,
      maxLength,
    })
    .map((pairs) => Object.fromEntries(pairs));
}

function selectorOf(keys: readonly string[], extra: Arbitrary<LabelSelector>): Arbitrary<LabelSelector> {
  const key = fc.constantFrom(...keys);
  const noValues = fc.constant<readonly string[]>([]);
  const someValues = fc.uniqueArray(fc.constantFrom(...values, "c"), {
    minLength: 1,
    maxLength: 2,
  });
  const missing = fc.constantFrom("Exists", "DoesNotExist");
  const listed = fc.constantFrom("In", "NotIn");
  const expression = fc.oneof(
    full({ key, operator: listed, values: someValues }),
    full({ key, operator: missing }),
    full({ key, operator: missing, values: noValues }),
  );
  const written = sparse({
    matchLabels: fc.oneof(labelsOf(keys, 1), labelsOf(keys, 2)),
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  });
  return fc.oneof(
    { arbitrary: fc.constant({}), weight: 3 },
    { arbitrary: extra, weight: 1 },
    { arbitrary: written, weight: 4 },
  );
}

/** Labels of a pod. */
export const podLabels = labelsOf(podKeys, 3);

/** Labels of a namespace, without the one that every namespace has. */
export const namespaceOwnLabels = labelsOf(namespaceKeys, 2);

/** A valid selector of pods. */
export const podSelector = selectorOf(
  podKeys,
  fc.constantFrom(...values).map((app) => ({ matchLabels: { app } })),
);

/** A valid selector of namespaces. */
export const namespaceSelector = selectorOf(
  [...namespaceKeys, "kubernetes.io/metadata.name"],
  fc.constantFrom(...namespaceNames).map((name) => ({ matchLabels: { "kubernetes.io/metadata.name": name } })),
);
