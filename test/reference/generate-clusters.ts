import fc, { type Arbitrary } from "fast-check";
import type { PolicyOptions } from "./generate-blocks.ts";
import { namespaceNames, namespaceOwnLabels } from "./generate-parts.ts";
import { networkPolicy } from "./generate-policies.ts";
import { type Families, pod, slots } from "./generate-pods.ts";
import type { Manifest } from "./manifests.ts";

/** Bounds of a generated cluster, and what its policies may contain. */
export interface ClusterOptions extends PolicyOptions {
  readonly maxPods?: number;
  readonly maxPolicies?: number;
}

const families: Readonly<Record<"v4" | "v6" | "dual", readonly Families[]>> = {
  v4: ["v4", "v4", "v4", "none"],
  v6: ["v6", "v6", "v6", "none"],
  dual: ["dual", "dual", "v4", "none"],
};
const phases = ["Running", "Running", "Running", "Running", "Pending", "Unknown", "Succeeded", "Failed"];

const namespaces = fc
  .tuple(fc.subarray([...namespaceNames]), fc.array(namespaceOwnLabels, { minLength: 3, maxLength: 3 }))
  .map(([names, labels]) =>
    names.map((name, i) => ({
      apiVersion: "v1" as const,
      kind: "Namespace" as const,
      metadata: {
        name,
        labels: { ...labels[i], "kubernetes.io/metadata.name": name },
      },
    })),
  );

function pods(maxPods: number) {
  return fc
    .tuple(
      fc.constantFrom("v4" as const, "v6" as const, "dual" as const, "dual" as const),
      fc.uniqueArray(fc.nat(slots - 1), { minLength: 2, maxLength: maxPods }),
    )
    .chain(([nodeFamilies, chosen]) =>
      fc.tuple(
        ...chosen.map((slot, i) =>
          pod({
            name: `pod-${String(i)}`,
            nodeFamilies,
            families: fc.constantFrom(...families[nodeFamilies]),
            phase: i < 2 ? fc.constant("Running") : fc.constantFrom(...phases),
            slot,
            slotIfFinished: chosen[(i + 1) % chosen.length] ?? slot,
          }),
        ),
      ),
    );
}

/** Small valid clusters in which labels, ports and addresses collide often; two pods at least have not finished. */
export function clusters({ maxPods = 5, maxPolicies = 6, ...options }: ClusterOptions = {}): Arbitrary<
  readonly Manifest[]
> {
  const counts = Array.from({ length: maxPolicies + 1 }, (_, i) => i);
  const policies = fc
    .constantFrom(...counts)
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => networkPolicy(`np-${String(i)}`, options))));
  return fc.tuple(namespaces, pods(maxPods), policies).map((parts) => parts.flat());
}
