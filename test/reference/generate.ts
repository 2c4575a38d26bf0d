import fc, { type Arbitrary } from "fast-check";
import { applyChange, type Change } from "./changes.ts";
import { changes } from "./generate-changes.ts";
import { type ClusterOptions, clusters } from "./generate-clusters.ts";
import { packets } from "./generate-packets.ts";
import { full } from "./generate-parts.ts";
import type { Manifest } from "./manifests.ts";
import type { Packet } from "./reference.ts";

/** A cluster, a change to it, and packets to try before and after. */
export interface Scenario {
  readonly before: readonly Manifest[];
  readonly change: Change;
  readonly after: readonly Manifest[];
  readonly packets: readonly Packet[];
}

/** Clusters with one change, and packets between any pods of before and after. */
export function scenarios(options: ClusterOptions = {}): Arbitrary<Scenario> {
  return clusters(options).chain((before) =>
    changes(before, options).chain((change) => {
      const after = applyChange(before, change);
      const created = change.operation === "CREATE" ? after : before;
      return full({
        before: fc.constant(before),
        change: fc.constant(change),
        after: fc.constant(after),
        packets: fc.array(packets(created), { minLength: 1, maxLength: 10 }),
      });
    }),
  );
}
