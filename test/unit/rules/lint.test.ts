import { describe, expect, it } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import type { Transition } from "../../../src/engine/transition.ts";
import { judge } from "../../../src/guard/guard.ts";
import type { Change } from "../../../src/guard/change.ts";
import { changeOf, configured, stateOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

const policy = (spec: string): string =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: shop }, spec: ${spec} }`;

const POD = "{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop, labels: { app: web } } }";
const BEFORE = stateOf(POD);

const transitionOf = (change: Change, tick = (): void => undefined): Transition => ({
  before: BEFORE,
  after: withChange(BEFORE, change),
  change,
  tick,
});

const ODD = policy(
  "{ ingress: [{ from: [{ namespaceSelector: {} }, { podSelector: { matchLabels: { a: b } } }], ports: [{ port: http }] }] }",
);

describe("its options", () => {
  it("are the names of checks, all of them where none is given", () => {
    expect(refusalOf("lint")).toBe("no error");
    expect(refusalOf("lint", "checks: [and-or, typo]")).toMatch(
      /^1: checks\[1\]: expected one of "and-or"\|.*found "typo"/,
    );
    expect(refusalOf("lint", "checks: []")).toMatch(/^1: checks: /);
  });
});

it("never refuses, however strict the guard is", () => {
  const settings = configured(
    "existingWorkloads: deny\nonUndecided: deny\nonUnenforceable: deny\nrules: [{ name: a, type: lint }]",
  );
  const verdict = judge(BEFORE, changeOf(ODD), settings, () => undefined, []);
  if (verdict.kind !== "allow") throw new Error(`expected allow, got ${verdict.kind}`);
  expect(verdict.findings.length).toBeGreaterThanOrEqual(4);
  expect(new Set(verdict.findings.map(({ kind, effect }) => `${kind} ${effect}`))).toEqual(new Set(["advice warn"]));
});

it("finds only what is asked for", () => {
  const found = ruleWith("lint", "checks: [every-namespace]").judge(transitionOf(changeOf(ODD)), NO_PRECEDENTS);
  expect(found.map(({ message }) => message)).toEqual([
    "NetworkPolicy shop/p, spec.ingress[0].from[0] names every pod of the cluster",
  ]);
});

it("words ten findings of a check and counts the rest", () => {
  const peers = Array.from({ length: 25 }, (_, i) => `{ podSelector: { matchLabels: { a: "${String(i)}" } } }`);
  const change = changeOf(policy(`{ ingress: [{ from: [${peers.join(", ")}] }] }`));
  const found = ruleWith("lint", "checks: [matches-nothing]").judge(transitionOf(change), NO_PRECEDENTS);
  expect(found.map(({ more }) => more)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 15]);
});

it("looks at the time while it goes through many selectors", () => {
  const peers = Array.from({ length: 100 }, (_, i) => `{ podSelector: { matchLabels: { a: "${String(i)}" } } }`);
  const change = changeOf(policy(`{ ingress: [{ from: [${peers.join(", ")}] }] }`));
  let ticks = 0;
  ruleWith("lint", "checks: [matches-nothing]").judge(
    transitionOf(change, () => ticks++),
    NO_PRECEDENTS,
  );
  expect(ticks).toBeGreaterThan(100);
});

describe("ignored-rules", () => {
  const found = (ignored: readonly ("ingress" | "egress")[]) => {
    const change = changeOf(policy("{ policyTypes: [Ingress] }"));
    if (change.object?.type !== "policy") throw new Error("expected a policy");
    const object = { ...change.object, policy: { ...change.object.policy, ignored } };
    return ruleWith("lint", "checks: [ignored-rules]").judge(transitionOf({ ...change, object }), NO_PRECEDENTS);
  };

  it("says what has no effect and which type is missing", () => {
    expect(found(["egress"])).toMatchObject([
      {
        kind: "advice",
        message: "NetworkPolicy shop/p, spec.egress has no effect: spec.policyTypes does not name Egress",
        fix: "add Egress to spec.policyTypes, or remove spec.egress",
      },
    ]);
    expect(found([])).toEqual([]);
  });
});
