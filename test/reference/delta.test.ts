import { expect, test } from "vitest";
import { applyChange, type Change } from "./changes.ts";
import { namespaceLabels, namespaceOf } from "./cluster.ts";
import type { LabelSelector, Manifest, Pod } from "./manifests.ts";
import { type Packet, verdict } from "./reference.ts";
import { selects } from "./selectors.ts";
import { every } from "./ternary.ts";
import { describeVectors, readVectors } from "./vectors.ts";

interface RuleEnd {
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector;
}

interface DeltaCase {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly request: Change;
  readonly rule: { readonly from: RuleEnd; readonly to: RuleEnd };
  readonly evaluatedPorts: readonly Pick<Packet, "protocol" | "port">[];
  readonly newlyReachable: readonly Packet[];
}

function text({ from, to, protocol, port }: Packet): string {
  return `${from} ${to} ${protocol} ${String(port)}`;
}

function newlyReachable({ objects, request, rule, evaluatedPorts }: DeltaCase): readonly string[] {
  const after = applyChange(objects, request);
  const isEnd = (pod: Pod, end: RuleEnd) =>
    every([
      selects(end.podSelector, pod.metadata.labels ?? {}),
      selects(end.namespaceSelector, namespaceLabels(after, namespaceOf(pod))),
    ]) === true;
  const ends = (end: RuleEnd) =>
    after
      .filter((object) => object.kind === "Pod")
      .filter((pod) => isEnd(pod, end))
      .map((pod) => `${namespaceOf(pod)}/${pod.metadata.name}`);
  return ends(rule.from)
    .flatMap((from) => ends(rule.to).map((to) => ({ from, to })))
    .filter(({ from, to }) => from !== to)
    .flatMap((pair) => evaluatedPorts.map((port) => ({ ...pair, ...port })))
    .filter((packet) => verdict(after, packet).allowed === true && verdict(objects, packet).allowed === false)
    .map(text);
}

describeVectors("delta vectors", () => {
  test("every request opens exactly the given paths", () => {
    const cases = readVectors("delta.jsonl.gz") as readonly DeltaCase[];
    expect(cases).toHaveLength(300);
    const found = cases.map((c) => [c.name, newlyReachable(c).toSorted()]);
    const given = cases.map((c) => [c.name, c.newlyReachable.map(text).toSorted()]);
    expect(found).toEqual(given);
  });
});
