import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { coverageOf } from "../../src/engine/coverage.ts";
import { ALL, isIn, matchesLabels, type Labels, type Selector } from "../../src/model/selectors.ts";
import { runs } from "./runs.ts";

const KEYS = ["app", "constructor", "__proto__"] as const;
const VALUES = ["", "a", "other"] as const;

const leaves: Arbitrary<Selector> = fc.oneof(
  fc.constant(ALL),
  fc.constantFrom(...KEYS).map((key): Selector => ({ kind: "exists", key })),
  fc.tuple(fc.constantFrom(...KEYS), fc.subarray([...VALUES])).map(([key, values]) => isIn(key, values)),
);

/** Selectors of every kind of part that can be understood. */
const { selectors } = fc.letrec<{ selectors: Selector; lists: Selector[] }>((tie) => ({
  lists: fc.array(tie("selectors"), { maxLength: 3 }),
  selectors: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaves,
    tie("selectors").map((of): Selector => ({ kind: "not", of })),
    tie("lists").map((of): Selector => ({ kind: "and", of })),
    tie("lists").map((of): Selector => ({ kind: "or", of })),
  ),
}));

/** Every label set of the keys with values that are named, one that is not, and none. */
const LABEL_SETS: readonly Labels[] = KEYS.reduce<readonly Labels[]>(
  (sets, key) =>
    sets.flatMap((labels) => [labels, ...[...VALUES, "unnamed"].map((value) => new Map([...labels, [key, value]]))]),
  [new Map()],
);

it("selectors cover all labels, or miss those that are shown, as trying all label sets finds", () => {
  fc.assert(
    fc.property(fc.array(selectors, { maxLength: 4 }), (list) => {
      const isMissed = (labels: Labels): boolean => list.every((selector) => matchesLabels(selector, labels) === false);
      const coverage = coverageOf(list);
      expect(coverage.kind).toBe(LABEL_SETS.some(isMissed) ? "missed" : "all");
      if (coverage.kind === "missed") expect(isMissed(coverage.labels)).toBe(true);
    }),
    runs(1000),
  );
});

it("a part that cannot be understood covers nothing", () => {
  const unknown: Selector = { kind: "unknown", reason: "odd" };
  fc.assert(
    fc.property(fc.array(selectors, { maxLength: 3 }), selectors, (list, other) => {
      for (const odd of [unknown, { kind: "and", of: [unknown, other] }] satisfies readonly Selector[])
        expect(coverageOf([...list, odd]).kind).toBe(coverageOf(list).kind);
    }),
    runs(200),
  );
});
