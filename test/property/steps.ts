import fc, { type Arbitrary } from "fast-check";
import { applyChange, type Change } from "../reference/changes.ts";
import { changes } from "../reference/generate-changes.ts";
import type { Manifest, Pod } from "../reference/manifests.ts";

/** What a watch brings and no admission request: status updates, namespaces that come and go, the same object again. */
const events = (objects: readonly Manifest[]): readonly Arbitrary<Change>[] =>
  objects.flatMap((old, i): readonly Arbitrary<Change>[] => {
    const again: Change = { operation: "UPDATE", object: old, oldObject: old };
    if (old.kind === "NetworkPolicy") return [fc.constant(again)];
    if (old.kind === "Namespace") return [fc.constant<Change>({ operation: "DELETE", object: null, oldObject: old })];
    const { podIP: _, podIPs: __, ...node } = old.status ?? {};
    const at = (ip: string): NonNullable<Pod["status"]> => ({ ...node, phase: "Running", podIP: ip, podIPs: [{ ip }] });
    const status = fc.constantFrom<NonNullable<Pod["status"]>>(
      { ...old.status, phase: "Succeeded" },
      { ...old.status, phase: "Running" },
      ...(old.spec?.hostNetwork === true ? [] : [{ ...node, phase: "Pending" }]),
      ...(old.spec?.hostNetwork === true
        ? []
        : [at(`10.244.1.${String(210 + i)}`), at(`fd00:10:244:2::e${String(i)}`)]),
    );
    return [fc.constant(again), status.map((next) => ({ ...again, object: { ...old, status: next } }))];
  });

const newNamespace = (objects: readonly Manifest[]): readonly Arbitrary<Change>[] =>
  ["alpha", "beta", "gamma"]
    .filter((name) => !objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === name))
    .map((name) =>
      fc.constantFrom("a", "b").map((team) => ({
        operation: "CREATE",
        object: { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { team } } },
        oldObject: null,
      })),
    );

const renamed = (change: Change, step: number): Change => {
  const { operation, object } = change;
  if (operation !== "CREATE" || object === null || object.kind === "Namespace") return change;
  return { ...change, object: { ...object, metadata: { ...object.metadata, name: `new-${String(step)}` } } };
};

/** A change, and the cluster after it. */
export interface Step {
  readonly change: Change;
  readonly after: readonly Manifest[];
}

const nextStep = (objects: readonly Manifest[], number: number): Arbitrary<Step> =>
  fc
    .oneof(
      { arbitrary: changes(objects, { hostBits: true }), weight: 4 },
      { arbitrary: fc.oneof(...events(objects), ...newNamespace(objects)), weight: 1 },
    )
    .map((generated) => {
      const change = renamed(generated, number);
      return { change, after: applyChange(objects, change) };
    });

/** So many changes one after the other, each of the cluster that the one before left. */
export const stepsFrom = (objects: readonly Manifest[], count: number): Arbitrary<readonly Step[]> =>
  count === 0
    ? fc.constant([])
    : nextStep(objects, count).chain((step) => stepsFrom(step.after, count - 1).map((rest) => [step, ...rest]));
