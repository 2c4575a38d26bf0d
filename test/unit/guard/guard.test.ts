import { describe, expect, it } from "vitest";
import { judge } from "../../../src/guard/guard.ts";
import type { Mode, Verdict } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { changeOf, configured, ruleThatFinds, ruleThatThrows, settingsWith, stateOf, violation } from "./requests.ts";

const POD = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: web } }";
const POLICY =
  "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: open }, spec: {} }";
const NAMESPACE = "{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }";

const EMPTY = stateOf("");
const noDeadline = (): void => undefined;
const effects = (verdict: Verdict): readonly string[] =>
  verdict.kind === "undecided" ? ["undecided"] : [verdict.kind, ...verdict.findings.map(({ effect }) => effect)];

describe("the mode", () => {
  const modes: readonly (readonly [Mode, Mode | undefined, Mode | undefined, readonly string[]])[] = [
    ["enforce", undefined, undefined, ["deny", "deny"]],
    ["warn", undefined, undefined, ["allow", "warn"]],
    ["audit", undefined, undefined, ["allow", "audit"]],
    ["off", undefined, undefined, ["allow"]],
    ["warn", "enforce", undefined, ["deny", "deny"]],
    ["enforce", "warn", undefined, ["allow", "warn"]],
    ["enforce", "off", undefined, ["allow"]],
    ["audit", undefined, "enforce", ["deny", "deny"]],
    ["enforce", undefined, "audit", ["allow", "audit"]],
    ["enforce", undefined, "off", ["allow"]],
    ["enforce", "enforce", "warn", ["allow", "warn"]],
    ["enforce", "warn", "enforce", ["allow", "warn"]],
    ["enforce", "warn", "audit", ["allow", "audit"]],
    ["enforce", "audit", "off", ["allow"]],
    ["off", "enforce", "enforce", ["deny", "deny"]],
  ];

  it.each(modes)("of a guard %s, a rule %s and a namespace %s", (mode, ofRule, ofNamespace, expected) => {
    const settings = settingsWith([{ ...ruleThatFinds(violation()), mode: ofRule }], {
      mode,
      namespaceModes: new Map(ofNamespace === undefined ? [] : [["shop", ofNamespace]]),
    });
    expect(effects(judge(EMPTY, changeOf(POD), settings, noDeadline, []))).toEqual(expected);
  });

  it("of another namespace does not count", () => {
    const settings = settingsWith([ruleThatFinds(violation())], {
      namespaceModes: new Map([["shop-2", "off"]]),
    });
    expect(judge(EMPTY, changeOf(POD), settings, noDeadline, []).kind).toBe("deny");
  });

  it("of a namespace holds for the Namespace itself", () => {
    const settings = settingsWith([ruleThatFinds(violation())], { namespaceModes: new Map([["shop", "warn"]]) });
    expect(effects(judge(EMPTY, changeOf(NAMESPACE), settings, noDeadline, []))).toEqual(["allow", "warn"]);
  });

  it("of one rule leaves the others as they are, and what refuses comes first", () => {
    const settings = settingsWith([
      { ...ruleThatFinds(violation()), name: "mild", mode: "warn" },
      { ...ruleThatFinds(violation()), name: "strict" },
    ]);
    const verdict = judge(EMPTY, changeOf(POD), settings, noDeadline, []);
    expect(verdict.kind === "deny" && verdict.findings.map(({ code, effect }) => [code, effect])).toEqual([
      ["test/strict", "deny"],
      ["test/mild", "warn"],
    ]);
  });
});

it("that is off for one rule leaves the others to judge", () => {
  const off = { ...ruleThatFinds(violation()), name: "off", mode: "off" } as const;
  const settings = settingsWith([off, { ...ruleThatFinds(violation()), name: "on" }]);
  const verdict = judge(EMPTY, changeOf(POD), settings, noDeadline, []);
  expect(verdict.kind === "deny" && verdict.findings.map(({ code }) => code)).toEqual(["test/on"]);
});

describe("a finding", () => {
  const deny = { existingWorkloads: "deny", onUnenforceable: "deny", onUndecided: "deny" } as const;
  const warn = { existingWorkloads: "warn", onUnenforceable: "warn", onUndecided: "warn" } as const;
  const rows = [
    ["that is new", {}, warn, false, "deny"],
    ["that is new, on a dry run", {}, warn, true, "deny"],
    ["that is new and curable", { curable: true }, warn, false, "deny"],
    ["that is new and curable, on a dry run", { curable: true }, deny, true, "warn"],
    ["that is known", { standing: "known" }, warn, false, "warn"],
    ["that is known, where existing workloads are denied", { standing: "known" }, deny, false, "deny"],
    ["that was there before", { standing: "existing" }, deny, false, "warn"],
    ["of advice", { kind: "advice" }, deny, false, "warn"],
    ["of what cannot be enforced", { kind: "unenforceable" }, warn, false, "warn"],
    ["of what cannot be enforced, where that is denied", { kind: "unenforceable" }, deny, false, "deny"],
    ["of what could not be enforced before", { kind: "unenforceable", standing: "existing" }, deny, false, "warn"],
    ["that is undecided", { kind: "undecided" }, warn, false, "warn"],
    ["that is undecided, where that is denied", { kind: "undecided" }, deny, false, "deny"],
    ["that was undecided before", { kind: "undecided", standing: "existing" }, deny, false, "warn"],
  ] as const;

  it.each(rows)("%s", (_name, different, settings, dryRun, effect) => {
    const guard = settingsWith([ruleThatFinds(violation(different))], settings);
    const verdict = judge(EMPTY, changeOf(POLICY, { dryRun }), guard, noDeadline, []);
    expect(effects(verdict)).toEqual([effect === "deny" ? "deny" : "allow", effect]);
  });

  it("carries the words of its rule, and where to read on", () => {
    const said = violation({ message: "m", details: ["d"], fix: "f", more: 3, standing: "known" });
    const verdict = judge(EMPTY, changeOf(POD), settingsWith([ruleThatFinds(said)]), noDeadline, []);
    expect(verdict).toEqual({
      kind: "allow",
      findings: [
        {
          code: "test/always",
          effect: "warn",
          standing: "known",
          kind: "violation",
          message: "m",
          details: ["d"],
          fix: "f",
          docs: "docs/rules/test.md",
          more: 3,
        },
      ],
    });
  });
});

describe("a mirror pod", () => {
  const pod = (annotation: boolean, node: boolean): string =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        namespace: "shop",
        name: "static",
        annotations: annotation ? { "kubernetes.io/config.mirror": "hash" } : {},
      },
      spec: node ? { nodeName: "node-1" } : {},
    });
  const signs = [
    ["annotation, nodeName and a node as requester", true, true, ["system:authenticated", "system:nodes"], "allow"],
    ["no annotation", false, true, ["system:nodes"], "deny"],
    ["no nodeName", true, false, ["system:nodes"], "deny"],
    ["nobody in particular", true, true, [], "deny"],
    ["a group that only looks alike", true, true, ["system:nodes:all"], "deny"],
    ["the masters", true, true, ["system:masters"], "deny"],
  ] as const;

  it.each(signs)("by %s", (_name, annotation, node, groups, expected) => {
    const settings = settingsWith([ruleThatFinds(violation())]);
    expect(judge(EMPTY, changeOf(pod(annotation, node), { groups }), settings, noDeadline, []).kind).toBe(expected);
  });

  it("is reported, if not refused", () => {
    const settings = settingsWith([ruleThatFinds(violation())]);
    const verdict = judge(EMPTY, changeOf(pod(true, true), { groups: ["system:nodes"] }), settings, noDeadline, []);
    expect(effects(verdict)).toEqual(["allow", "warn"]);
  });
});

describe("an exempt namespace", () => {
  const settings = settingsWith([ruleThatFinds(violation())], { exemptNamespaces: new Set(["shop"]) });

  it.each([
    ["a pod in it", POD, "allow"],
    ["a policy in it", POLICY, "allow"],
    ["the Namespace itself", NAMESPACE, "allow"],
    ["a namespace whose name begins like it", POD.replace("shop", "shop-2"), "deny"],
    ["a Namespace whose name begins like it", NAMESPACE.replace("shop", "shop-2"), "deny"],
  ])("%s", (_name, object, expected) => {
    expect(judge(EMPTY, changeOf(object), settings, noDeadline, []).kind).toBe(expected);
  });

  it("is not made by labels or annotations", () => {
    const tenant = `{ apiVersion: v1, kind: Namespace, metadata: { name: mine,
      labels: { kubernetes.io/metadata.name: shop, netpol-guard.io/exempt: "true" },
      annotations: { netpol-guard.io/exempt: "true" } } }`;
    expect(judge(EMPTY, changeOf(tenant, { operation: "UPDATE" }), settings, noDeadline, []).kind).toBe("deny");
  });

  it("still has the ends of paths that other changes open", () => {
    const guard = configured(`
exemptNamespaces: [front]
rules:
  - { name: path, type: forbidden-path, from: { namespaces: [front] }, to: { namespaces: [shop] } }`);
    const state = stateOf("{ apiVersion: v1, kind: Pod, metadata: { namespace: front, name: web } }");
    expect(judge(state, changeOf(POD), guard, noDeadline, []).kind).toBe("deny");
  });
});

describe("what judges nothing", () => {
  const settings = settingsWith([ruleThatThrows(new Error("asked"))]);

  it.each([
    ["the end of a pod", POD],
    ["the end of a namespace", NAMESPACE],
  ])("%s", (_name, object) => {
    expect(judge(EMPTY, changeOf(object, { operation: "DELETE" }), settings, noDeadline, [])).toEqual({
      kind: "allow",
      findings: [],
    });
  });

  it("but the end of a policy does", () => {
    expect(judge(EMPTY, changeOf(POLICY, { operation: "DELETE" }), settings, noDeadline, []).kind).toBe("undecided");
  });
});

describe("a rule that fails", () => {
  const late = new GuardError("too late");

  it.each([
    ["with an error of ours", late, "too late"],
    ["with an error of any kind", new TypeError("no such thing"), "judging failed"],
    ["with no error at all", "text", "judging failed"],
  ])("%s leaves it undecided, never allowed", (_name, error, message) => {
    const verdict = judge(EMPTY, changeOf(POD), settingsWith([ruleThatThrows(error)]), noDeadline, []);
    expect(verdict.kind === "undecided" && verdict.cause.message).toBe(message);
    expect(verdict.kind === "undecided" && [verdict.cause, verdict.cause.cause]).toContain(error);
  });

  it.each(["deny", "warn"] as const)("leaves it undecided after other rules, onUndecided: %s", (onUndecided) => {
    const rules = [ruleThatFinds(violation({ kind: "advice" })), ruleThatThrows(late), ruleThatFinds()];
    expect(judge(EMPTY, changeOf(POD), settingsWith(rules, { onUndecided }), noDeadline, []).kind).toBe("undecided");
  });

  it("is not asked where its mode is off", () => {
    const settings = settingsWith([{ ...ruleThatThrows(late), mode: "off" }]);
    expect(judge(EMPTY, changeOf(POD), settings, noDeadline, []).kind).toBe("allow");
  });
});

describe("what could not be judged", () => {
  const MIRROR = `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: static,
    annotations: { kubernetes.io/config.mirror: hash } }, spec: { nodeName: node-1 } }`;
  const broken = ruleThatThrows(new GuardError("late"));
  const strict = { onUndecided: "deny" } as const;
  const rows = [
    ["is refused", POD, [broken], strict, true],
    ["is admitted where onUndecided says so", POD, [broken], { onUndecided: "warn" }, false],
    ["is admitted where no rule enforces", POD, [broken], { ...strict, mode: "audit" }, false],
    ["is admitted where no rule enforces any more", POD, [{ ...broken, mode: "warn" }], strict, false],
    [
      "is admitted where no rule enforces in its namespace",
      POD,
      [broken],
      { ...strict, namespaceModes: new Map([["shop", "warn"]]) },
      false,
    ],
    [
      "is refused where another rule enforces than the one that fails",
      POD,
      [{ ...broken, mode: "warn" }, ruleThatFinds()],
      strict,
      true,
    ],
    ["is refused for a mirror pod by anybody", MIRROR, [broken], strict, true],
  ] as const;

  it.each(rows)("%s", (_name, object, rules, different, refused) => {
    const verdict = judge(EMPTY, changeOf(object), settingsWith(rules, different as object), noDeadline, []);
    expect(verdict).toMatchObject({ kind: "undecided", refused });
  });

  it("is admitted for the mirror pod of a kubelet", () => {
    const change = changeOf(MIRROR, { groups: ["system:nodes"] });
    expect(judge(EMPTY, change, settingsWith([broken], strict), noDeadline, [])).toMatchObject({
      kind: "undecided",
      refused: false,
    });
  });
});

describe("the deadline", () => {
  const PATH = configured(`
rules:
  - { name: path, type: forbidden-path, from: {}, to: {} }`);

  it("ends judging as undecided", () => {
    const state = stateOf(POD.replace("web", "other"));
    const over = (): void => {
      throw new GuardError("over");
    };
    const verdict = judge(state, changeOf(POD), PATH, over, []);
    expect(verdict.kind === "undecided" && verdict.cause.message).toBe("over");
  });

  it("is looked at for every pair", () => {
    const pods = Array.from(
      { length: 50 },
      (_, index) =>
        `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: p${index}, labels: { n: "${index}" } } }`,
    );
    const policies = pods.map(
      (
        _,
        index,
      ) => `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: x, name: n${index} },
        spec: { podSelector: { matchLabels: { n: "${index}" } } } }`,
    );
    let ticks = 0;
    const count = (): void => {
      ticks++;
    };
    judge(stateOf([...pods, ...policies].join("\n---\n")), changeOf(POD), PATH, count, []);
    expect(ticks).toBeGreaterThanOrEqual(100);
  });
});

it("judges by labels that nothing has looked at before", () => {
  const settings = configured(`
rules:
  - { name: path, type: forbidden-path, from: { podSelector: { matchLabels: { app: web } } }, to: {} }`);
  const web = POD.replace("name: web", "name: web, labels: { app: web }");
  expect(judge(stateOf(POD.replace("web", "other")), changeOf(web), settings, noDeadline, []).kind).toBe("deny");
});

it("answers the same when it is asked again: judging changes no state", () => {
  const state = stateOf([POD.replace("web", "other"), POLICY].join("\n---\n"));
  const settings = configured(`
rules:
  - { name: deny, type: require-default-deny }
  - { name: path, type: forbidden-path, from: {}, to: {} }`);
  for (const change of [changeOf(POD), changeOf(POLICY, { operation: "DELETE" }), changeOf(NAMESPACE)]) {
    const first = judge(state, change, settings, noDeadline, []);
    expect(judge(state, change, settings, noDeadline, [])).toEqual(first);
  }
});
