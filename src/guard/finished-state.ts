import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObjectRef } from "../model/objects.ts";
import { noPorts, NO_PORTS, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import type { Case } from "../rules/precedents.ts";
import type { Found } from "./guard.ts";
import {
  judgePart,
  namedCases,
  wordsOf,
  type FinishedOptions,
  type Judged,
  type PartFinding,
  type Stands,
} from "./judge-part.ts";
import { partsOf, without, type Part } from "./state-parts.ts";
import type { Finding } from "./verdict.ts";

/** What breaks a rule alone is found at the policies first: that is where it can be put right. */
const ORDER: readonly ClusterObject["type"][] = ["policy", "endpoint", "namespace"];

/** What is wrong in a state, on which ports. */
const presentIn = (state: ClusterIndex, options: FinishedOptions): ReadonlyMap<string, PortSet> => {
  const present = new Map<string, PortSet>();
  for (const part of partsOf(state))
    without(state, [part], () => {
      for (const met of judgePart(state, part, options, () => "new").news.values())
        for (const { key, ports } of met) present.set(key, unionPorts(present.get(key) ?? NO_PORTS, ports));
    });
  return present;
};

/** A rule's violations that name whom other parts were found guilty of together already. */
const isRepeated = ({ rule }: Found, { news }: Judged, seen: ReadonlySet<string>): boolean => {
  const met = news.get(rule.name) ?? [];
  return met.length > 0 && met.every(({ ends }) => seen.has(ends));
};

const inOrder = (parts: readonly Part[]): readonly Part[] =>
  parts.toSorted((a, b) => ORDER.indexOf(a.object.type) - ORDER.indexOf(b.object.type));

/** What the parts are found guilty of one by one, each added to all the others. */
const together = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
  standsFor: (part: Part) => Stands,
): readonly PartFinding[] => {
  const seen = new Set<string>();
  return inOrder(parts).flatMap((part) => {
    const judged = without(state, [part], () => judgePart(state, part, options, standsFor(part)));
    const isPolicy = part.object.type === "policy";
    const found = judged.found.filter((one) => isPolicy || !isRepeated(one, judged, seen));
    for (const met of judged.news.values()) for (const { ends } of met) seen.add(ends);
    return wordsOf(part, found, judged, options);
  });
};

/** Judges parts of a finished state, which holds them already: whatever is wrong with them counts, and nothing is curable. */
export const judgeFinished = (
  state: ClusterIndex,
  parts: readonly Part[],
  options: FinishedOptions,
): readonly PartFinding[] =>
  together(state, parts, options, ({ object }) =>
    object.type === "policy" ? (_, computed) => (computed === "known" ? "new" : computed) : () => "new",
  ).filter(
    // What is as bad without a policy is found at another one, or at the pods.
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
    const judged = judgePart(state, part, options, (_, computed) => computed);
    const findings = wordsOf(part, judged.found, judged, options);
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
  const asComputed: Stands = (_, computed) => computed;
  const found = together(state, parts, options, () => asComputed);
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
