import { describe, expect, it } from "vitest";
import { onlyNarrows } from "../../../src/engine/narrowing.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { unreadablePolicy } from "../../../src/model/unreadable-policy.ts";
import { pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { decode, networkPolicy, state } from "./worlds.ts";

const A = { podSelector: { matchLabels: { app: "a" } } };
const PODS = [pod("shop/a", [], { labels: { app: "a" } }), pod("shop/b", [], { labels: { app: "b" } })];
const from = (app: string) => ({ from: [{ podSelector: { matchLabels: { app } } }] });
const OTHER = networkPolicy("shop/other", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });

/** Whether replacing a policy (undefined: none) beside others narrows only. */
const narrows = (
  then: PolicySpec | undefined,
  now: PolicySpec | undefined,
  others: readonly unknown[] = [],
): boolean => {
  const policy = (spec: PolicySpec) => networkPolicy("shop/p", spec);
  const before = state(...PODS, ...others, ...(then === undefined ? [] : [policy(then)]));
  const object = now === undefined ? undefined : decode(policy(now));
  const { ref, type } = decode(policy({}));
  const change = { ref, type, object };
  return onlyNarrows({ before, after: withChange(before, change), change, tick: () => undefined });
};

describe("a change of a policy narrows only", () => {
  it.each<readonly [string, PolicySpec | undefined, PolicySpec | undefined]>([
    ["that isolates", undefined, {}],
    ["that isolates the other direction too", {}, { policyTypes: ["Ingress", "Egress"] }],
    ["that takes a rule away", { ingress: [from("a"), from("b"), from("c")] }, { ingress: [from("a"), from("c")] }],
    ["that takes all rules away", { ingress: [{}] }, { ingress: [] }],
    ["that selects more pods, without a rule", A, {}],
    ["that selects nobody", undefined, { podSelector: { matchLabels: { app: "z" } }, ingress: [{}] }],
  ])("%s", (_name, then, now) => {
    expect(narrows(then, now)).toBe(true);
  });

  it.each<readonly [string, PolicySpec, PolicySpec | undefined]>([
    ["that goes", { ingress: [{}] }, undefined],
    ["that isolates some pods no more", {}, A],
    ["that isolates a direction no more", { policyTypes: ["Ingress", "Egress"] }, { policyTypes: ["Egress"] }],
    [
      "that selects others, to let somebody in to them,",
      { podSelector: { matchLabels: { app: "b" } } },
      { podSelector: { matchLabels: { app: "z" } }, ingress: [from("a")] },
    ],
  ])("%s where another isolates the same pods", (_name, then, now) => {
    expect(narrows(then, now, [OTHER])).toBe(true);
  });
});

describe("a change of a policy does more", () => {
  it.each<readonly [string, PolicySpec | undefined, PolicySpec | undefined]>([
    ["that lets somebody in to pods that nothing isolated: other languages may", undefined, { ingress: [from("a")] }],
    ["that adds a rule", { ingress: [from("a")] }, { ingress: [from("a"), from("b")] }],
    ["that says another thing in a rule", { ingress: [from("a")] }, { ingress: [from("b")] }],
    ["that opens a port more", { ingress: [{ ports: [{ port: 80 }] }] }, { ingress: [{ ports: [{ port: 81 }] }] }],
    ["that lets somebody out", { policyTypes: ["Egress"] }, { policyTypes: ["Egress"], egress: [{}] }],
    ["whose rules hold for more pods", { ...A, ingress: [from("a")] }, { ingress: [from("a")] }],
    ["that isolates a direction no more", { policyTypes: ["Ingress", "Egress"] }, { policyTypes: ["Egress"] }],
    ["that isolates some pods no more", {}, A],
    ["that goes", {}, undefined],
  ])("%s", (_name, then, now) => {
    expect(narrows(then, now)).toBe(false);
  });

  it("that cannot be understood, before or after", () => {
    const understood = decode(networkPolicy("shop/p", { policyTypes: ["Ingress", "Egress"] }));
    const { ref, type } = understood;
    const odd = { type: "policy", ref, policy: unreadablePolicy(ref, "odd") } as const;
    for (const [then, object] of [
      [odd, understood],
      [understood, odd],
    ] as const) {
      const before = state(...PODS);
      before.upsert(then);
      const change = { ref, type, object };
      expect(onlyNarrows({ before, after: withChange(before, change), change, tick: () => undefined })).toBe(false);
    }
  });
});

it("looks at each rule once, however many there are", () => {
  const rules = Array.from({ length: 2000 }, (_, at) => from(`app-${String(at)}`));
  const before = state(...PODS, networkPolicy("shop/p", { ingress: rules }));
  const object = decode(networkPolicy("shop/p", { ingress: rules.slice(1) }));
  const change = { ref: object.ref, type: object.type, object };
  let ticks = 0;
  const tick = (): void => {
    ticks++;
  };
  expect(onlyNarrows({ before, after: withChange(before, change), change, tick })).toBe(true);
  expect(ticks).toBeLessThan(2100);
});
