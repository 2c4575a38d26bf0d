import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ObjectRef } from "../model/objects.ts";
import { noPorts, NO_PORTS, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import type { Case } from "../rules/precedents.ts";
import { judgePart, namedCases, type FinishedOptions, type PartFinding, type Stands } from "./judge-part.ts";
import { partsOf, without, type Part } from "./state-parts.ts";
import type { Finding } from "./verdict.ts";

const AS_COMPUTED: Stands = (_, computed) => computed;

/** What is wrong in a state, on which ports. */
const presentIn = (state: ClusterIndex, options: FinishedOptions): ReadonlyMap<string, PortSet> => {
  const present = new Map<string, PortSet>();
  for (const part of partsOf(state))
    without(state, [part], () => {
      for (const { key, ports } of judgePart(state, part, options, () => "new").news)
        present.set(key, unionPorts(present.get(key) ?? NO_PORTS, ports));
    });
  return present;
};

/** What the parts are found guilty of one by one, each added to all the others. */
const together = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
  standsFor: (part: Part) => Stands,
): readonly PartFinding[] =>
  parts.flatMap((part) => without(state, [part], () => judgePart(state, part, options, standsFor(part)).findings));

/** Judges parts of a finished state, which holds them already: whatever is wrong with them counts, and nothing is curable. */
export const judgeFinished = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
): readonly PartFinding[] =>
  together(state, parts, options, ({ object }) => (object.type === "endpoint" ? () => "new" : AS_COMPUTED)).filter(
    // What is as bad without a policy, or the labels of a namespace, is found at another one, or at the endpoints.
    ({ standing }) => standing !== "existing",
  );

const isDenied = ({ effect }: Finding): boolean => effect === "deny";

/** What each part would be found guilty of if it came alone, where that is refused. */
const oneByOne = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
): ReadonlyMap<ObjectRef, readonly PartFinding[]> => {
  const refused = new Map<ObjectRef, readonly PartFinding[]>();
  for (const part of parts) {
    const { findings } = judgePart(state, part, options, AS_COMPUTED);
    if (findings.some(isDenied)) refused.set(part.object.ref, findings);
  }
  return refused;
};

/**
 * Judges a change-set by the state after all of it, which `state` is: what was wrong before is not held against it. Two
 * parts that open the same path are seen through, for each of them alone would open it. Nothing is curable.
 */
export const judgeChangeSet = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
): readonly PartFinding[] => {
  const found = together(state, parts, options, () => AS_COMPUTED);
  const alone = without(state, parts, () => oneByOne(state, parts, options));
  if (!found.some(isDenied))
    return [...found.filter(({ object }) => !alone.has(object)), ...[...alone.values()].flat()];
  const before = without(state, parts, () => presentIn(state, options));
  const wasThere = (rule: string, one: Case): boolean =>
    namedCases(rule, one).every(({ key, ports }) => noPorts(subtractPorts(ports, before.get(key) ?? NO_PORTS)));
  const compared: Stands = (rule, computed, one) => (computed === "new" && wasThere(rule, one) ? "existing" : computed);
  const news = together(state, parts, options, () => compared);
  const denied = new Set(news.filter(isDenied).map(({ object }) => object));
  const isLeft = ({ object }: PartFinding): boolean => denied.has(object) || !alone.has(object);
  return [...news.filter(isLeft), ...[...alone].flatMap(([object, findings]) => (denied.has(object) ? [] : findings))];
};
