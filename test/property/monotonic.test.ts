import fc from "fast-check";
import { expect, it } from "vitest";
import { withChange } from "../../src/engine/overlay.ts";
import { directionReach, type End, type Reach } from "../../src/engine/reach.ts";
import { DIRECTIONS } from "../../src/model/policies.ts";
import { noPorts, subtractPorts, unionPorts } from "../../src/model/ports.ts";
import { networkPolicy } from "../reference/generate-policies.ts";
import type { Manifest } from "../reference/manifests.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { oddClusters } from "./odd-clusters.ts";
import { runs } from "./runs.ts";
import { classNamed, compile, indexOf, podsOf } from "./world.ts";

const additions = fc.oneof(crowdedClusters(), oddClusters("peer selectors")).chain((objects) =>
  fc.tuple(
    fc.constant(objects),
    networkPolicy("new", {}).map((policy): Manifest => policy),
  ),
);

const missing = (before: Reach, after: Reach): boolean =>
  !noPorts(subtractPorts(before.ports, after.ports)) ||
  !noPorts(subtractPorts(unionPorts(before.ports, before.unsure), unionPorts(after.ports, after.unsure)));

it("adding a policy to a pod that is isolated already never takes reach away", () => {
  fc.assert(
    fc.property(additions, ([objects, policy]) => {
      const before = indexOf(objects);
      const object = compile(policy);
      const after = withChange(before, { ref: object.ref, type: object.type, object });
      const pods = podsOf(objects);
      for (const pod of pods)
        for (const direction of DIRECTIONS) {
          if (before.governing(classNamed(before, pod), direction).length === 0) continue;
          for (const other of pods) {
            const reach = (state: typeof after): Reach => {
              const end = (name: string): End => {
                const endpoint = classNamed(state, name);
                return { kind: "class", endpoint, address: endpoint.addresses[0] };
              };
              return directionReach(state, end(pod), direction, end(other));
            };
            expect({ pod, direction, other, lost: missing(reach(before), reach(after)) }).toMatchObject({
              lost: false,
            });
          }
        }
    }),
    runs(200),
  );
});
