import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { withChange } from "../../src/engine/overlay.ts";
import { applyChange, type Change } from "../reference/changes.ts";
import { changes } from "../reference/generate-changes.ts";
import type { Manifest } from "../reference/manifests.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { overlooked, SELECTORS, stateText } from "./state-text.ts";
import { compile, indexOf, podsOf, replacementOf } from "./world.ts";

const changed: Arbitrary<readonly [readonly Manifest[], Change]> = crowdedClusters().chain((objects) =>
  fc.tuple(fc.constant(objects), changes(objects, { hostBits: true })),
);

it("a change laid over a state says what a state with the change in it says", () => {
  fc.assert(
    fc.property(changed, ([before, change]) => {
      const index = indexOf(before);
      for (const selector of SELECTORS) index.set(selector);
      const overlay = withChange(index, replacementOf(change));
      const after = applyChange(before, change);
      const pods = podsOf(after);
      expect(stateText(overlay, pods)).toEqual(stateText(indexOf(after), pods));
      expect(overlooked(overlay, pods)).toEqual([]);
    }),
    runs(300),
  );
});

it("laying a change over a state leaves the state as it was", () => {
  fc.assert(
    fc.property(changed, ([before, change]) => {
      const index = indexOf(before);
      const pods = podsOf(before);
      const text = stateText(index, pods);
      stateText(withChange(index, replacementOf(change)), podsOf(applyChange(before, change)));
      expect(stateText(index, pods)).toEqual(text);
    }),
    runs(100),
  );
});

it("an overlay finds every object by name, with what it was before", () => {
  fc.assert(
    fc.property(changed, ([before, change]) => {
      const index = indexOf(before);
      const overlay = withChange(index, replacementOf(change));
      const after = applyChange(before, change);
      const rebuilt = indexOf(after);
      for (const { ref, type } of [...before, ...after].map(compile)) {
        if (type === "policy") expect(overlay.policy(ref)).toEqual(rebuilt.policy(ref));
        if (type === "namespace") expect(overlay.namespace(ref.name)).toEqual(rebuilt.namespace(ref.name));
        if (type !== "endpoint") continue;
        expect(overlay.endpoint(ref)?.labels).toEqual(rebuilt.endpoint(ref)?.labels);
        const cls = overlay.classOf(ref);
        expect(cls === undefined).toBe(rebuilt.classOf(ref) === undefined);
        if (cls !== undefined) expect(overlay.origin(cls)).toBe(index.classOf(ref));
      }
      for (const name of ["alpha", "beta", "gamma"]) {
        const policies = (state: typeof overlay) => new Set(state.policiesIn(name).map(({ ref }) => ref.name));
        expect(policies(overlay)).toEqual(policies(rebuilt));
        const pods = (state: typeof overlay) =>
          [...state.classesIn(name)].flatMap((cls) => [...cls.members()].map(({ ref }) => ref.name)).sort();
        expect(pods(overlay)).toEqual(pods(rebuilt));
      }
    }),
    runs(150),
  );
});
