import { describe, expect, it } from "vitest";
import { answerProbe, type ProbeAnswer } from "../../../src/engine/probe.ts";
import { DEFAULT_TIER, type Policy, type Rule, type Tier } from "../../../src/model/policies.ts";
import { ALL_PORTS, portRange } from "../../../src/model/ports.ts";
import { ALL } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { networkPolicy, state } from "./worlds.ts";

const pods = [
  pod("web/a", ["10.0.0.1"]),
  pod("shop/b", ["10.0.0.2", "fd00::2"]),
  pod("shop/host", [], { hostNetwork: true }),
];
const ask = (policies: readonly unknown[], from = "web/a", to = "shop/b", port = 80): ProbeAnswer =>
  answerProbe(state(...pods, ...policies), { from, to, protocol: "TCP", port });

const ref = (namespace: string, name: string): object => ({ kind: "NetworkPolicy", namespace, name });
const broken = { matchExpressions: [{ key: "app", operator: "?" }] };

describe("the witness of a direction", () => {
  it.each<[string, PolicySpec, object]>([
    [
      "the peer that matches",
      { ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: {} }] }] },
      { kind: "rule", policy: ref("shop", "p"), path: "spec.ingress[0].from[1]", action: "allow" },
    ],
    [
      "the block that matches",
      { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] },
      { kind: "rule", policy: ref("shop", "p"), path: "spec.ingress[0].from[0].ipBlock", action: "allow" },
    ],
    [
      "the rule, if it names no peer",
      { ingress: [{ ports: [{ port: 81 }] }, { ports: [{ port: 80 }] }] },
      { kind: "rule", policy: ref("shop", "p"), path: "spec.ingress[1]", action: "allow" },
    ],
    [
      "isolation, if no rule matches",
      { ingress: [{ ports: [{ port: 81 }] }] },
      { kind: "isolated", policies: [ref("shop", "p")] },
    ],
    ["nothing, if the policy is of the other direction", { policyTypes: ["Egress"] }, { kind: "not-selected" }],
    ["nothing, if the policy selects others", { podSelector: { matchLabels: { app: "x" } } }, { kind: "not-selected" }],
  ])("is %s", (_, spec, witness) => {
    const answer = ask([networkPolicy("shop/p", spec)]);
    expect(answer.ingress.witness).toEqual(witness);
    expect(answer.ingress.allowed).toBe((witness as { kind: string }).kind !== "isolated");
    expect(answer.egress).toEqual({ allowed: true, witness: { kind: "not-selected" } });
  });

  it("names every policy that isolates, by name", () => {
    const deny: PolicySpec = { policyTypes: ["Egress"] };
    const answer = ask([networkPolicy("web/z", deny), networkPolicy("web/a", deny), networkPolicy("shop/p", deny)]);
    expect(answer.egress).toEqual({
      allowed: false,
      witness: { kind: "isolated", policies: [ref("web", "a"), ref("web", "z")] },
    });
    expect(answer.allowed).toBe(false);
  });

  it("is the policy that cannot be understood, with all that is odd about it", () => {
    const answer = ask([
      networkPolicy("shop/p", { ingress: [{ from: [{ podSelector: broken }, { namespaceSelector: broken }] }] }),
    ]);
    expect(answer.allowed).toBe("undecided");
    expect(answer.ingress).toMatchObject({
      allowed: "undecided",
      witness: { kind: "undecided", policy: ref("shop", "p") },
    });
    expect(answer.ingress.witness.kind === "undecided" && answer.ingress.witness.reason).toMatch(
      /^spec\.ingress\[0\]\.from\[0\]\.podSelector.*"\?"; spec\.ingress\[0\]\.from\[1\]\.namespaceSelector.*"\?"$/,
    );
  });

  it("is a rule that matches beside one that cannot be understood", () => {
    const answer = ask([networkPolicy("shop/p", { ingress: [{ from: [{ namespaceSelector: broken }] }, {}] })]);
    expect(answer.ingress).toMatchObject({ allowed: true, witness: { kind: "rule", path: "spec.ingress[1]" } });
  });

  it.each([
    ["an address outside", "8.8.8.8", "shop/b", "egress", { kind: "outside" }],
    ["a hostNetwork pod", "shop/host", "shop/b", "egress", { kind: "not-selected" }],
    ["the pod itself", "shop/b", "shop/b", "ingress", { kind: "local" }],
  ] as const)("of %s", (_, from, to, direction, witness) => {
    expect(ask([], from, to)[direction]).toEqual({ allowed: true, witness });
  });

  it("of a pod that has finished", () => {
    const finished = pod("shop/done", [], { phase: "Succeeded" });
    const index = state(...pods, finished);
    expect(answerProbe(index, { from: "web/a", to: "shop/done", protocol: "TCP", port: 80 })).toMatchObject({
      allowed: false,
      egress: { allowed: false, witness: { kind: "finished" } },
      ingress: { allowed: false, witness: { kind: "finished" } },
    });
  });
});

describe("the witness in tiers", () => {
  const rule = (action: Rule["action"], path: string, ports = ALL_PORTS): Rule => ({
    action,
    peers: undefined,
    ports,
    portNames: [],
    path,
  });
  const policy = (name: string, tier: Tier, order: number, ...ingress: readonly Rule[]): Policy => ({
    ref: { kind: "Tiered", namespace: "shop", name },
    tier,
    order,
    subject: { namespace: "shop", namespaces: ALL, pods: ALL },
    ingress,
    egress: undefined,
    terminating: false,
    problems: [],
  });
  const FIRST: Tier = { name: "first", order: 1, otherwise: "deny" };
  const LAST: Tier = { name: "last", order: 10_000_000, otherwise: "pass" };
  const witness = (...policies: readonly Policy[]): unknown => {
    const index = state(...pods);
    for (const made of policies) index.upsert({ type: "policy", ref: made.ref, policy: made });
    const { ingress } = answerProbe(index, { from: "web/a", to: "shop/b", protocol: "TCP", port: 80 });
    return { allowed: ingress.allowed, ...ingress.witness };
  };

  it.each<[string, readonly Policy[], object]>([
    ["a deny", [policy("p", FIRST, 1, rule("deny", "r"))], { allowed: false, path: "r", action: "deny" }],
    [
      "the first of two",
      [policy("p", FIRST, 2, rule("deny", "late")), policy("q", FIRST, 1, rule("allow", "early"))],
      { allowed: true, path: "early" },
    ],
    [
      "by name at one order",
      [policy("q", FIRST, 1, rule("deny", "late")), policy("p", FIRST, 1, rule("allow", "early"))],
      { allowed: true, path: "early" },
    ],
    [
      "past a log",
      [policy("p", FIRST, 1, rule("log", "log"), rule("allow", "next"))],
      { allowed: true, path: "next", action: "allow" },
    ],
    [
      "past a rule on other ports",
      [policy("p", FIRST, 1, rule("deny", "other", portRange(6, 81, 90)), rule("allow", "next"))],
      { allowed: true, path: "next" },
    ],
    [
      "the end of a tier",
      [policy("p", FIRST, 1), policy("q", LAST, 1, rule("allow", "r"))],
      { allowed: false, kind: "isolated", policies: [{ kind: "Tiered", namespace: "shop", name: "p" }] },
    ],
    [
      "past a pass",
      [
        policy("p", FIRST, 1, rule("pass", "pass"), rule("deny", "never")),
        policy("q", DEFAULT_TIER, 1, rule("allow", "r")),
      ],
      { allowed: true, path: "r" },
    ],
    ["a pass to nobody", [policy("p", FIRST, 1, rule("pass", "pass"))], { allowed: true, kind: "not-selected" }],
    [
      "past a tier that passes",
      [policy("p", LAST, 1, rule("deny", "other", portRange(17, 1, 9)))],
      { allowed: true, kind: "not-selected" },
    ],
    [
      "past what the next policy of a passed tier says",
      [policy("p", FIRST, 1, rule("pass", "pass")), policy("q", FIRST, 2, rule("deny", "never"))],
      { allowed: true, kind: "not-selected" },
    ],
  ])("is %s", (_, policies, expected) => {
    expect(witness(...policies)).toMatchObject(expected);
  });
});
