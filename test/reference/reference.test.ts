import { expect, test } from "vitest";
import type { Manifest } from "./manifests.ts";
import { type Packet, verdict } from "./reference.ts";
import { describeVectors, readVectors } from "./vectors.ts";

interface ConnectivityCase {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly probes: readonly (Packet & { readonly allowed: boolean })[];
}

describeVectors("connectivity vectors", () => {
  test("every probe gets the given answer", () => {
    const cases = readVectors("connectivity.jsonl.gz") as readonly ConnectivityCase[];
    const wrong = cases.flatMap(({ name, objects, probes }) =>
      probes.filter((probe) => verdict(objects, probe).allowed !== probe.allowed).map((probe) => ({ name, ...probe })),
    );
    expect(cases.flatMap(({ probes }) => probes)).toHaveLength(24_122);
    expect(wrong).toEqual([]);
  });
});
