import { describe, expect, it } from "vitest";
import { judge } from "../../../src/guard/guard.ts";
import type { GuardSettings, NamedRule } from "../../../src/guard/settings.ts";
import { kindLines, presenceText, type UnsupportedLanguage } from "../../../src/guard/unsupported.ts";
import type { Finding, Mode } from "../../../src/guard/verdict.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { changeOf, configured, ruleThatFinds, settingsWith, stateOf, violation } from "./requests.ts";

const kind = (name: string, different: object = {}) => ({
  group: "cilium.io",
  kind: name,
  places: [],
  doubt: undefined,
  ...different,
});
const CILIUM: UnsupportedLanguage = { id: "cilium", name: "Cilium", kinds: [kind("CiliumNetworkPolicy")] };
const CALICO: UnsupportedLanguage = {
  id: "calico",
  name: "Calico",
  kinds: [
    kind("NetworkPolicy", { group: "crd.projectcalico.org" }),
    kind("NetworkPolicy", { group: "projectcalico.org", doubt: "503" }),
  ],
};

const pod = (name: string, more = "", status = ""): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: ${name}, labels: { app: web } ${more} }, status: { ${status} } }`;
const policy = (spec: string, more = ""): string =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: open ${more} }, spec: { ${spec} } }`;
const namespace = (more = ""): string => `{ apiVersion: v1, kind: Namespace, metadata: { name: shop ${more} } }`;
const DEPLOYMENT =
  "{ apiVersion: apps/v1, kind: Deployment, metadata: { namespace: shop, name: web }, spec: { template: { metadata: { labels: { app: web } } } } }";
const OPEN = policy("podSelector: {}, ingress: [{}]");
const OWNED = ", ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: u, controller: true }]";

const depending = (ends: readonly EndpointSelector[] = [], different: Partial<NamedRule> = {}): NamedRule => ({
  name: "path",
  type: "test",
  mode: undefined,
  consistency: "confirm",
  rule: { ends, byClass: true, dependsOnReachability: true, judge: () => [] },
  ...different,
});
const by = (app: string): EndpointSelector => ({ namespaces: ALL, pods: isIn("app", [app]) });

interface Asked {
  readonly state?: string;
  readonly operation?: "CREATE" | "UPDATE" | "DELETE";
  readonly groups?: readonly string[];
  readonly settings?: Partial<GuardSettings>;
  readonly rules?: readonly NamedRule[];
  readonly languages?: readonly UnsupportedLanguage[];
}

const found = (object: string, asked: Asked = {}): readonly Finding[] => {
  const { state = pod("there"), settings, rules = [depending()], languages = [CILIUM], ...request } = asked;
  const verdict = judge(
    stateOf(state),
    // What it replaces is in the state.
    { ...changeOf(object, request), old: undefined },
    settingsWith(rules, settings),
    () => undefined,
    languages,
  );
  if (verdict.kind === "undecided") throw verdict.cause;
  return verdict.findings;
};

/** The effects under `onUnsupportedLanguage: warn`, then under `deny`; undefined where nothing is said. */
const effects = (object: string, asked: Asked = {}): readonly unknown[] =>
  (["warn", "deny"] as const).map(
    (onUnsupportedLanguage) =>
      found(object, { ...asked, settings: { ...asked.settings, onUnsupportedLanguage } })[0]?.effect,
  );

describe("policies that are not judged", () => {
  it("are a finding for each language, that names kinds, rules and the change", () => {
    const rules = ["a", "b", "c", "d", "e"].map((name) => depending([], { name }));
    const [calico, cilium, ...others] = found(OPEN, { rules, languages: [CALICO, CILIUM] });
    expect(calico).toEqual({
      code: "unsupported-language/calico",
      effect: "warn",
      standing: "new",
      kind: "undecided",
      message:
        "Calico policies (NetworkPolicy) are in the cluster and are not judged: a, b, c and 2 more cannot tell what NetworkPolicy shop/open opens",
      details: [
        "undecided: test/a, test/b, test/c, test/d, test/e",
        "not judged: NetworkPolicy.crd.projectcalico.org",
        "not judged: NetworkPolicy.projectcalico.org (whether there are any could not be found out)",
      ],
      fix: expect.stringContaining("onUnsupportedLanguage: warn"),
      docs: "docs/unsupported-languages.md",
      more: 0,
    });
    expect([cilium?.code, cilium?.message, others]).toEqual([
      "unsupported-language/cilium",
      expect.stringMatching(/^Cilium policies \(CiliumNetworkPolicy\) are in the cluster/),
      [],
    ]);
  });

  it("are no matter where there are none", () => {
    expect(found(OPEN, { languages: [], settings: { onUnsupportedLanguage: "deny" } })).toEqual([]);
  });

  it("that may be there are said to be so", () => {
    const doubtful = { ...CILIUM, kinds: [kind("CiliumNetworkPolicy", { doubt: "403" })] };
    expect(presenceText(doubtful)).toBe("Cilium policies (CiliumNetworkPolicy) may be in the cluster");
    expect(effects(OPEN, { languages: [doubtful] })).toEqual(["warn", "deny"]);
  });

  it("are named with the places of their manifests", () => {
    const places = ["a.yaml:1", "b.yaml:2", "c.yaml:3", "d.yaml:4"];
    expect(kindLines({ ...CILIUM, kinds: [kind("A", { places }), kind("B", { places: ["a.yaml:9"] })] })).toEqual([
      "not judged: A.cilium.io in a.yaml:1, b.yaml:2, c.yaml:3 and 1 more",
      "not judged: B.cilium.io in a.yaml:9",
    ]);
  });

  it("leave alone what does not hang on who reaches whom", () => {
    const deny = { onUnsupportedLanguage: "deny" } as const;
    expect(found(OPEN, { rules: [ruleThatFinds()], settings: deny })).toEqual([]);
  });
});

describe("what is said of policies that are not judged, and what is refused where that is asked for", () => {
  const running = pod("there", "", "phase: Running");
  const mirror = pod("m", ", annotations: { kubernetes.io/config.mirror: h }").replace(
    "status:",
    "spec: { nodeName: n }, status:",
  );
  const update = { operation: "UPDATE" } as const;
  const remove = { operation: "DELETE" } as const;
  it.each<readonly [string, string, Asked, readonly unknown[]]>([
    ["a policy that may open something", OPEN, {}, ["warn", "deny"]],
    ["a policy that only isolates", policy("podSelector: {}"), {}, ["warn", "warn"]],
    ["a policy whose annotations change", policy("", ", annotations: { a: b }"), { ...update, state: policy("") }, []],
    ["a policy that goes", OPEN, { ...remove, state: `${pod("there")}\n---\n${OPEN}` }, ["warn", "deny"]],
    [
      "a policy that goes with its namespace",
      OPEN,
      { ...remove, state: `${pod("there")}\n---\n${OPEN}\n---\n${namespace(", deletionTimestamp: now")}` },
      [],
    ],
    ["a workload", DEPLOYMENT, {}, ["warn", "deny"]],
    ["a pod that somebody makes", pod("new"), {}, ["warn", "deny"]],
    ["a pod that a controller makes", pod("new", OWNED), {}, ["audit", "deny"]],
    ["a pod like one that runs", pod("new"), { state: running }, ["warn", "warn"]],
    ["a pod like one that runs, by a controller", pod("new", OWNED), { state: running }, ["audit", "audit"]],
    ["a pod whose status changes", pod("there", "", "phase: Running"), update, []],
    ["a pod that has finished", pod("there", "", "phase: Failed").replace("app: web", "app: x"), update, []],
    ["a pod that is relabelled", pod("there").replace("app: web", "app: db"), update, ["warn", "deny"]],
    ["a pod that goes", pod("there"), remove, []],
    ["a static pod's image", mirror, { groups: ["system:nodes"] }, ["warn", "warn"]],
    [
      "a namespace that changes",
      namespace(", labels: { a: b }"),
      { ...update, rules: [depending([by("web")])] },
      ["warn", "deny"],
    ],
    [
      "a namespace with nothing in it",
      namespace(", labels: { a: b }"),
      { ...update, state: "", rules: [depending([by("web")])] },
      [],
    ],
    ["what is in an exempt namespace", OPEN, { settings: { exemptNamespaces: new Set(["shop"]) } }, []],
  ])("%s", (_name, object, asked, expected) => {
    expect(effects(object, asked)).toEqual(expected.length === 0 ? [undefined, undefined] : expected);
  });

  it("nothing, where no end of the rule is touched", () => {
    const rules = [depending([by("db")])];
    for (const object of [OPEN, pod("new"), DEPLOYMENT])
      expect(effects(object, { rules })).toEqual([undefined, undefined]);
  });

  it("nothing of a namespace, where the rule asks only what policies select", () => {
    expect(effects(namespace(", labels: { a: b }"), { operation: "UPDATE" })).toEqual([undefined, undefined]);
  });

  it.each([
    ["a policy that selects an end", "web", OPEN, "CREATE"],
    ["a pod that becomes one", "db", pod("there").replace("app: web", "app: db"), "UPDATE"],
    ["a pod that was one", "web", pod("there").replace("app: web", "app: x"), "UPDATE"],
  ] as const)("something of %s", (_name, end, object, operation) => {
    expect(effects(object, { rules: [depending([by(end)])], operation })).toEqual(["warn", "deny"]);
  });
});

describe("the modes of the rules that are concerned", () => {
  it.each<readonly [string, readonly (Mode | undefined)[], readonly unknown[]]>([
    ["one of them is enforced", ["audit", "enforce"], ["warn", "deny"]],
    ["none is enforced", ["audit", "warn"], ["warn", "warn"]],
    ["all are for the audit log", ["audit"], ["audit", "audit"]],
    ["one is off, and not named", ["off", "enforce"], ["warn", "deny"]],
    ["all are off", ["off"], [undefined, undefined]],
  ])("%s", (_name, modes, expected) => {
    const rules = modes.map((mode, at) => depending([], { mode, name: `rule-${String(at)}` }));
    expect(effects(OPEN, { rules })).toEqual(expected);
    if (modes.includes("off"))
      for (const { message } of found(OPEN, { rules })) expect(message).not.toContain("rule-0");
  });
});

describe("a violation that policies which are not judged may have ended", () => {
  const curable = violation({ curable: true });
  const finding = (different: Partial<NamedRule["rule"]>, violations = [curable]): NamedRule =>
    depending([], {
      rule: { ends: [], byClass: true, dependsOnReachability: true, judge: () => violations, ...different },
    });
  const first = (object: string, rule: NamedRule, settings: Partial<GuardSettings> = {}): readonly unknown[] => {
    const all = found(object, { rules: [rule], settings });
    return all.filter(({ code }) => code === "test/path").map(({ kind: said, effect }) => [said, effect])[0] ?? [];
  };
  const deny = { onUnsupportedLanguage: "deny" } as const;

  it.each<readonly [string, string, NamedRule, Partial<GuardSettings>, readonly unknown[]]>([
    ["is undecided for a pod", pod("new"), finding({}), {}, ["undecided", "warn"]],
    ["is undecided for a pod, and refused where that is", pod("new"), finding({}), deny, ["undecided", "deny"]],
    ["is a warning for a template", DEPLOYMENT, finding({}), deny, ["undecided", "warn"]],
    ["stays what it is for a policy", OPEN, finding({}), {}, ["violation", "deny"]],
    ["stays what it is where rules open the path", pod("new"), finding({}, [violation()]), {}, ["violation", "deny"]],
    [
      "stays what it is for what cannot be enforced",
      pod("new"),
      finding({}, [{ ...curable, kind: "unenforceable" }]),
      { onUnenforceable: "deny" },
      ["unenforceable", "deny"],
    ],
    [
      "stays what it is for a rule about other things",
      pod("new"),
      finding({ dependsOnReachability: false }),
      {},
      ["violation", "deny"],
    ],
  ])("%s", (_name, object, rule, settings, expected) => {
    expect(first(object, rule, settings)).toEqual(expected);
  });

  it("is one where there are no such policies", () => {
    const [only, ...others] = found(pod("new"), { rules: [finding({})], languages: [] });
    expect([only?.kind, only?.effect, others]).toEqual(["violation", "deny", []]);
  });
});

it("a pod that is known to break no rule is refused all the same where that is asked for", () => {
  const settings = configured(
    "onUnsupportedLanguage: deny\nrules: [{ name: blocks, type: restrict-ip-blocks, direction: Ingress }]",
  );
  const state = stateOf(DEPLOYMENT);
  const kinds = [[], [CILIUM], []].map(
    (languages) => judge(state, changeOf(pod("new")), settings, () => undefined, languages).kind,
  );
  expect(kinds).toEqual(["allow", "deny", "allow"]);
});

it("every rule type says whether it hangs on who reaches whom", () => {
  const settings = configured(`
rules:
  - { name: a, type: require-default-deny }
  - { name: b, type: restrict-ip-blocks, direction: Ingress }
  - { name: c, type: forbidden-path, from: {}, to: {} }
  - { name: d, type: only-allowed-paths, to: {}, from: [] }
  - { name: e, type: required-path, from: {}, to: {}, ports: [{ port: 53 }] }
  - { name: f, type: custom, expression: "opened.size() == 0", message: m }
  - { name: g, type: custom, expression: "['a'].all(opened, opened != change.name)", message: m }
  - { name: h, type: forbid-host-network }
  - { name: i, type: required-labels, keys: [team] }
  - { name: j, type: lint }`);
  expect(settings.rules.map(({ rule }) => rule.dependsOnReachability)).toEqual([
    ...Array<boolean>(6).fill(true),
    ...Array<boolean>(4).fill(false),
  ]);
});
