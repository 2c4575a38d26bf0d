import fc from "fast-check";
import { expect, it } from "vitest";
import type { Path } from "../../src/engine/transition.ts";
import { ALL_PORTS, portRange, unionPorts, wholeProtocol } from "../../src/model/ports.ts";
import { applyChange } from "../reference/changes.ts";
import { changes } from "../reference/generate-changes.ts";
import { openedByBruteForce, openedByEngine } from "./brute-force-delta.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { oddClusters } from "./odd-clusters.ts";
import { runs } from "./runs.ts";
import { SELECTORS } from "./state-text.ts";
import { indexOf, podsOf, replacementOf, transitionOf } from "./world.ts";

const paths = fc.record<Path>({
  from: fc.constantFrom(...SELECTORS),
  to: fc.constantFrom(...SELECTORS),
  ports: fc.constantFrom(ALL_PORTS, portRange(6, 80, 81), unionPorts(wholeProtocol(17), portRange(132, 1, 443))),
});

const cases = fc
  .oneof(crowdedClusters(), crowdedClusters(), oddClusters("anything"))
  .chain((objects) =>
    fc.tuple(
      fc.constant(objects),
      changes(objects, { hostBits: true }),
      fc.array(paths, { minLength: 1, maxLength: 3 }),
    ),
  );

it("what a change opens is what looking at every pair of pods before and after finds", () => {
  fc.assert(
    fc.property(cases, ([objects, change, asked]) => {
      const index = indexOf(objects);
      for (const { from, to } of asked) for (const end of [from, to]) index.set(end);
      const transition = transitionOf(index, replacementOf(change));
      const pods = [...new Set([...podsOf(objects), ...podsOf(applyChange(objects, change))])];
      for (const path of asked)
        expect(openedByEngine(transition, path)).toEqual(openedByBruteForce(transition, path, pods));
    }),
    runs(400),
  );
});

it("a change that is made already opens nothing", () => {
  fc.assert(
    fc.property(cases, ([objects, change, asked]) => {
      const after = applyChange(objects, change);
      const again = { ...change, operation: "UPDATE", oldObject: change.object } as const;
      if (change.object === null) return;
      const index = indexOf(after);
      for (const { from, to } of asked) for (const end of [from, to]) index.set(end);
      const transition = transitionOf(index, replacementOf(again));
      for (const path of asked) expect(openedByEngine(transition, path)).toEqual([]);
    }),
    runs(150),
  );
});
