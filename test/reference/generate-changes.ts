import fc, { type Arbitrary } from "fast-check";
import type { Change } from "./changes.ts";
import type { PolicyOptions } from "./generate-blocks.ts";
import { namespaceOwnLabels, podLabels } from "./generate-parts.ts";
import { networkPolicy, policySpec } from "./generate-policies.ts";
import { pod } from "./generate-pods.ts";
import type { Manifest, Namespace, NetworkPolicy, Pod } from "./manifests.ts";

const create = (object: Manifest): Change => ({
  operation: "CREATE",
  object,
  oldObject: null,
});
const remove = (oldObject: Manifest): Change => ({
  operation: "DELETE",
  object: null,
  oldObject,
});
const update = (oldObject: Manifest, object: Manifest): Change => ({
  operation: "UPDATE",
  object,
  oldObject,
});

function updatePolicy(old: NetworkPolicy, options: PolicyOptions): Arbitrary<Change> {
  const fields = ["podSelector", "policyTypes", "ingress", "egress"] as const;
  return fc.tuple(policySpec(options), fc.subarray([...fields], { minLength: 1 })).map(([fresh, replaced]) => {
    const kept = Object.entries(old.spec ?? {}).filter(([field]) => !replaced.some((name) => name === field));
    const taken = Object.entries(fresh).filter(([field]) => replaced.some((name) => name === field));
    return update(old, {
      ...old,
      spec: Object.fromEntries([...kept, ...taken]),
    });
  });
}

function relabelPod(old: Pod): Arbitrary<Change> {
  return podLabels.map((labels) => update(old, { ...old, metadata: { ...old.metadata, labels } }));
}

function relabelNamespace(old: Namespace): Arbitrary<Change> {
  const { name } = old.metadata;
  return namespaceOwnLabels.map((own) => {
    const labels = { ...own, "kubernetes.io/metadata.name": name };
    return update(old, { ...old, metadata: { name, labels } });
  });
}

const newPod = pod({
  name: "new",
  nodeFamilies: "none",
  families: fc.constant("none"),
  phase: fc.constant("Pending"),
  slot: 0,
  slotIfFinished: 0,
});

/** Any one change of a policy or a pod, or a relabelling of a namespace, that an API server would ask about. */
export function changes(objects: readonly Manifest[], options: PolicyOptions = {}): Arbitrary<Change> {
  const policies = objects.filter((object) => object.kind === "NetworkPolicy");
  const pods = objects.filter((object) => object.kind === "Pod");
  const namespaces = objects.filter((object) => object.kind === "Namespace");
  const choices: readonly (readonly Arbitrary<Change>[])[] = [
    [networkPolicy("new", options).map(create)],
    policies.map((old) => updatePolicy(old, options)),
    policies.map((old) => fc.constant(remove(old))),
    [newPod.map(create)],
    pods.map(relabelPod),
    pods.map((old) => fc.constant(remove(old))),
    namespaces.map(relabelNamespace),
  ];
  const possible = choices.filter((list) => list.length > 0);
  return fc.oneof(...possible.map((list) => fc.oneof(...list)));
}
