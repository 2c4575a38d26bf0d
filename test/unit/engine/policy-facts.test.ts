import { describe, expect, it } from "vitest";
import { candidates } from "../../../src/engine/candidates.ts";
import {
  governingOf,
  mayBeOpen,
  mentionedBy,
  namedPeers,
  rulesOf,
  stagesOf,
} from "../../../src/engine/policy-facts.ts";
import { cidrsText } from "../../../src/model/address-text.ts";
import type { Policy, Rule, Tier } from "../../../src/model/policies.ts";
import { ALL_PORTS } from "../../../src/model/ports.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import { classOf, decode, namesOf, networkPolicy, state } from "./worlds.ts";

const DENYING: Tier = { name: "b", order: 2, otherwise: "deny" };
const PASSING: Tier = { name: "a", order: 2, otherwise: "pass" };
const named: Rule["peers"] = [
  { kind: "endpoints", endpoints: { namespace: "shop", namespaces: ALL, pods: ALL }, path: "p" },
];
const rule = (more: Partial<Rule> = {}): Rule => ({
  action: "allow",
  peers: named,
  ports: ALL_PORTS,
  portNames: [],
  path: "r",
  ...more,
});
const policy = (name: string, more: Partial<Policy> = {}): Policy => ({
  ref: { kind: "Tiered", namespace: "shop", name },
  tier: DENYING,
  order: 1,
  subject: { namespaces: ALL, pods: ALL },
  ingress: [rule()],
  egress: undefined,
  terminating: false,
  problems: [],
  ...more,
});

describe("stages", () => {
  it("are tiers by order, then by name, each with its policies by order, then by name", () => {
    const late: Tier = { name: "late", order: Infinity, otherwise: "pass" };
    const later: Tier = { name: "later", order: Infinity, otherwise: "pass" };
    const policies = [
      policy("w", { tier: later }),
      policy("z", { tier: late }),
      policy("y", { order: Infinity }),
      policy("x", { order: Infinity }),
      policy("d", { order: 3 }),
      policy("c"),
      policy("b"),
      policy("a", { tier: PASSING }),
    ];
    const text = (list: readonly Policy[]): readonly string[] =>
      stagesOf(list, "ingress").map(
        ({ tier, policies: own }) => `${tier.name}: ${own.map(({ ref }) => ref.name).join(" ")}`,
      );
    const expected = ["a: a", "b: b c d x y", "late: z", "later: w"];
    expect([text(policies), text(policies.toReversed())]).toEqual([expected, expected]);
  });

  it("hold only what governs the direction", () => {
    const { ingress, egress } = governingOf([policy("a"), policy("b", { ingress: undefined, egress: [] })]);
    expect(
      [ingress, egress].map((stages) => stages.flatMap(({ policies }) => policies.map(({ ref }) => ref.name))),
    ).toEqual([["a"], ["b"]]);
    expect(governingOf([])).toEqual({ ingress: [], egress: [] });
  });
});

describe("mayBeOpen", () => {
  const isOpen = (...policies: readonly Policy[]): boolean => mayBeOpen(stagesOf(policies, "ingress"), "ingress");

  it.each<[string, readonly Policy[], boolean]>([
    ["nothing governs it", [], true],
    ["only a tier that passes governs it", [policy("a", { tier: PASSING })], true],
    ["rules name whom they let in", [policy("a")], false],
    ["no rule lets anybody in", [policy("a", { ingress: [] })], false],
    ["a rule names nobody", [policy("a"), policy("b", { ingress: [rule({ peers: undefined })] })], true],
    [
      "a rule names everybody",
      [
        policy("a", {
          ingress: [rule({ peers: [{ kind: "endpoints", endpoints: { namespaces: ALL, pods: ALL }, path: "p" }] })],
        }),
      ],
      true,
    ],
    [
      "a rule names addresses",
      [
        policy("a", {
          ingress: [rule(), rule({ peers: [{ kind: "addresses", addresses: { ipv4: [0, 1], ipv6: [] }, path: "p" }] })],
        }),
      ],
      true,
    ],
    ["a rule denies everybody", [policy("a", { ingress: [rule({ action: "deny", peers: undefined })] })], false],
    ["a rule passes", [policy("a", { ingress: [rule({ action: "pass" })] })], true],
    ["a policy cannot be understood", [policy("a", { problems: ["odd"] })], true],
    ["a rule of the other direction is open", [policy("a", { egress: [rule({ peers: undefined })] })], false],
    [
      "rules name a namespace by a label",
      [
        policy("a", {
          ingress: [
            rule({ peers: [{ kind: "endpoints", endpoints: { namespaces: isIn("x", ["1"]), pods: ALL }, path: "p" }] }),
          ],
        }),
      ],
      false,
    ],
    [
      "rules name pods by a label",
      [
        policy("a", {
          ingress: [
            rule({ peers: [{ kind: "endpoints", endpoints: { namespaces: ALL, pods: isIn("x", ["1"]) }, path: "p" }] }),
          ],
        }),
      ],
      false,
    ],
  ])("%s: %s", (_, policies, open) => {
    expect(isOpen(...policies)).toBe(open);
  });
});

describe("whom a policy names", () => {
  it("are the endpoints of its rules, but those that it denies and everybody", () => {
    const everybody: Rule["peers"] = [{ kind: "endpoints", endpoints: { namespaces: ALL, pods: ALL }, path: "p" }];
    const made = policy("a", {
      ingress: [
        rule(),
        rule({ action: "deny" }),
        rule({ peers: everybody }),
        rule({ peers: undefined }),
        rule({ action: "pass" }),
      ],
    });
    expect(namedPeers(made, "ingress")).toHaveLength(2);
    expect(namedPeers(made, "egress")).toEqual([]);
    expect(rulesOf(policy("a", { egress: [rule({ path: "e" })] })).map(({ path }) => path)).toEqual(["r", "e"]);
  });
});

it("a policy mentions keys of pods, port names and blocks, of both directions", () => {
  const object = decode(
    networkPolicy("shop/p", {
      podSelector: { matchLabels: { subject: "" } },
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { peer: "" } }, namespaceSelector: { matchLabels: { team: "" } } }],
          ports: [{ port: "http" }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: "dns" }] }],
    }),
  );
  const { keys, portNames, blocks } = mentionedBy(object.type === "policy" ? object.policy : expect.fail(object.type));
  expect([[...keys], [...portNames], blocks.map((block) => cidrsText(block))]).toEqual([
    ["subject", "peer"],
    ["http", "dns"],
    ["10.0.0.0/8"],
  ]);
});

describe("candidates", () => {
  const pods = ["a", "b", "c"].map((app) => pod(`shop/${app}`, [], { labels: { app } }));
  const to = (...apps: readonly string[]) => apps.map((app) => ({ podSelector: { matchLabels: { app } } }));
  const closed = networkPolicy("shop/closed", { ingress: [] });

  it.each<[string, readonly unknown[], readonly string[]]>([
    ["everybody, where nothing isolates either side", [], ["a", "b", "c"]],
    [
      "whom its own policies name",
      [
        networkPolicy("shop/p", {
          podSelector: { matchLabels: { app: "a" } },
          policyTypes: ["Egress"],
          egress: [{ to: to("b") }],
        }),
      ],
      ["b"],
    ],
    [
      "who names it, where its own side is open",
      [closed, networkPolicy("shop/q", { podSelector: { matchLabels: { app: "c" } }, ingress: [{ from: to("a") }] })],
      ["c"],
    ],
    ["nobody, where the other side is closed", [closed], []],
    ["nobody, where its own side is closed", [networkPolicy("shop/p", { policyTypes: ["Egress"] })], []],
  ])("are %s", (_, policies, expected) => {
    const index = state(
      ...pods,
      networkPolicy("shop/mention", { podSelector: { matchLabels: { app: "none" } } }),
      ...policies,
    );
    const others = index.set({ namespaces: ALL, pods: ALL });
    expect([...new Set(namesOf(candidates(index, classOf(index, "shop/a"), "egress", others)))]).toEqual(expected);
  });

  it("are only those that are asked about", () => {
    const index = state(
      ...pods,
      networkPolicy("shop/p", {
        podSelector: { matchLabels: { app: "a" } },
        policyTypes: ["Egress"],
        egress: [{ to: to("b", "c") }],
      }),
    );
    const others = index.set({ namespaces: ALL, pods: isIn("app", ["c"]) });
    expect(namesOf(candidates(index, classOf(index, "shop/a"), "egress", others))).toEqual(["c"]);
  });
});
