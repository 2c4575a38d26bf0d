import fc from "fast-check";
import { expect, it } from "vitest";
import { answerProbe } from "../../src/engine/probe.ts";
import { packets } from "../reference/generate-packets.ts";
import type { Manifest } from "../reference/manifests.ts";
import { verdict } from "../reference/reference.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { overlooked, SELECTORS, stateText } from "./state-text.ts";
import { stepsFrom } from "./steps.ts";
import { applyTo, indexOf, podsOf, replacementOf } from "./world.ts";

const histories = crowdedClusters({ maxPolicies: 4 }).chain((objects) =>
  fc.tuple(fc.constant(objects), stepsFrom(objects, 6)),
);

/** So that no class of a fresh start was ever cut in two. */
const policiesFirst = (objects: readonly Manifest[]): readonly Manifest[] =>
  objects.toSorted((a, b) => Number(b.kind === "NetworkPolicy") - Number(a.kind === "NetworkPolicy"));

it("changes taken over one by one leave the same state as a fresh start", () => {
  fc.assert(
    fc.property(histories, ([objects, steps]) => {
      const index = indexOf(objects);
      for (const selector of SELECTORS) index.set(selector);
      for (const { change, after } of steps) {
        applyTo(index, replacementOf(change));
        const pods = podsOf(after);
        const rebuilt = indexOf(policiesFirst(after));
        expect(stateText(index, pods)).toEqual(stateText(rebuilt, pods));
        expect([index.endpointCount, index.policyCount]).toEqual([rebuilt.endpointCount, rebuilt.policyCount]);
        expect(overlooked(index, pods)).toEqual([]);
      }
    }),
    runs(60),
  );
});

it("after changes taken over one by one the engine answers as the reference does", () => {
  const asked = histories.chain(([objects, steps]) => {
    const last = steps.at(-1)?.after ?? objects;
    const some = podsOf(last).length === 0 ? fc.constant([]) : fc.array(packets(last), { minLength: 5, maxLength: 15 });
    return some.map((list) => ({ objects, steps, last, list }));
  });
  fc.assert(
    fc.property(asked, ({ objects, steps, last, list }) => {
      const index = indexOf(objects);
      for (const { change } of steps) applyTo(index, replacementOf(change));
      for (const packet of list)
        expect({ packet, allowed: answerProbe(index, packet).allowed }).toEqual({
          packet,
          allowed: verdict(last, packet).allowed,
        });
    }),
    runs(200),
  );
});

it("nothing is left of what was taken out", () => {
  fc.assert(
    fc.property(histories, ([objects, steps]) => {
      const index = indexOf(objects);
      for (const { change } of steps) applyTo(index, replacementOf(change));
      for (const object of [...objects, ...steps.flatMap(({ change }) => change.object ?? [])])
        applyTo(index, replacementOf({ operation: "DELETE", object: null, oldObject: object }));
      expect([index.endpointCount, index.classCount, index.policyCount]).toEqual([0, 0, 0]);
      expect([...index.classes(), ...index.endpoints(), ...index.policies()]).toEqual([]);
      expect(SELECTORS.flatMap((selector) => [...index.set(selector).classes(), ...index.select(selector)])).toEqual(
        [],
      );
    }),
    runs(60),
  );
});
