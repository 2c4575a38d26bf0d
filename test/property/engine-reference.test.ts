import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { answerProbe } from "../../src/engine/probe.ts";
import { clusters } from "../reference/generate-clusters.ts";
import { packets } from "../reference/generate-packets.ts";
import type { Manifest } from "../reference/manifests.ts";
import { verdict, type Packet } from "../reference/reference.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { finishedPods, oddClusters } from "./odd-clusters.ts";
import { runs } from "./runs.ts";
import { indexOf, podsOf } from "./world.ts";

/** Clusters with packets between their ends; the pods that have finished are ends too. */
const questions = (source: Arbitrary<readonly Manifest[]>): Arbitrary<readonly [readonly Manifest[], Packet[]]> =>
  source.chain((objects) => {
    const finished = finishedPods(objects).flatMap((pod) =>
      podsOf(objects).flatMap((other) => [
        { from: pod, to: other, protocol: "TCP", port: 80 },
        { from: other, to: pod, protocol: "TCP", port: 80 },
      ]),
    );
    return fc.tuple(
      fc.constant(objects),
      fc.array(packets(objects), { minLength: 1, maxLength: 12 }).map((some) => [...some, ...finished]),
    );
  });

const answersOf = (objects: readonly Manifest[], asked: readonly Packet[]) => {
  const index = indexOf(objects);
  return asked.map((packet) => ({ packet, allowed: answerProbe(index, packet).allowed }));
};

const expected = (objects: readonly Manifest[], asked: readonly Packet[]) =>
  asked.map((packet) => ({ packet, allowed: verdict(objects, packet).allowed }));

describe("the engine answers as the reference does", () => {
  it("on valid clusters: hostNetwork, finished pods, pods without addresses, host bits", () => {
    fc.assert(
      fc.property(questions(fc.oneof(clusters({ hostBits: true }), crowdedClusters())), ([objects, asked]) => {
        expect(answersOf(objects, asked)).toEqual(expected(objects, asked));
      }),
      runs(400),
    );
  });

  it("with peers whose selectors cannot be understood", () => {
    fc.assert(
      fc.property(questions(oddClusters("peer selectors")), ([objects, asked]) => {
        expect(answersOf(objects, asked)).toEqual(expected(objects, asked));
      }),
      runs(300),
    );
  });

  it("with subjects, selectors and blocks that cannot be understood: what it says for certain is right", () => {
    fc.assert(
      fc.property(questions(oddClusters("anything")), ([objects, asked]) => {
        const certain = answersOf(objects, asked).map(({ allowed }) => allowed !== "undecided");
        const of = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => certain[i] === true);
        expect(of(answersOf(objects, asked))).toEqual(of(expected(objects, asked)));
      }),
      runs(300),
    );
  });
});
