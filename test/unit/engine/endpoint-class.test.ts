import { describe, expect, it } from "vitest";
import {
  looksLike,
  matchesAnyNetwork,
  matchesClass,
  matchesGlob,
  matchesNamespace,
  representative,
} from "../../../src/engine/endpoint-class.ts";
import { imaginedSubject } from "../../../src/engine/grants.ts";
import { impliedNamespace } from "../../../src/model/objects.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL, isIn, type Selector, type Truth } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import { classOf, deployment, networkPolicy, state } from "./worlds.ts";

const UNKNOWN: Selector = { kind: "unknown", reason: "odd" };
const NONE: Selector = { kind: "not", of: ALL };

describe("matchesGlob", () => {
  it.each([
    ["shop", "shop", true],
    ["shop", "shop2", false],
    ["shop", "ashop", false],
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything", true],
    ["team-*", "team-a", true],
    ["team-*", "team-", true],
    ["team-*", "team", false],
    ["*-db", "shop-db", true],
    ["*-db", "shop-db2", false],
    ["a*b", "ab", true],
    ["a*b", "axxb", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["*x*", "axb", true],
    ["*x*", "ab", false],
    ["a*x*y*b", "axyb", true],
    ["a*x*y*b", "ayxb", false],
    ["a**b", "ab", true],
    ["*aab", "aaab", true],
    ["*a*ab", "aab", true],
    ["*a*ab", "ab", false],
    ["a.c", "abc", false],
    ["[ab]*", "a", false],
  ])("%j fits %j: %s", (glob, name, fits) => {
    expect(matchesGlob(glob, name)).toBe(fits);
  });

  it("takes no longer for a name that nearly fits many stars", () => {
    expect(matchesGlob("*a".repeat(2000) + "b", "a".repeat(20_000))).toBe(false);
  });
});

describe("matchesNamespace", () => {
  const shop = { ...impliedNamespace("shop"), labels: new Map([["team", "a"]]) };
  const base = { namespaces: ALL, pods: NONE };

  it.each<[string, EndpointSelector, Truth]>([
    ["all", base, true],
    ["the name", { ...base, namespace: "shop" }, true],
    ["another name", { ...base, namespace: "shop2" }, false],
    ["a glob", { ...base, namespaceGlobs: ["web", "sh*"] }, true],
    ["no glob", { ...base, namespaceGlobs: ["web", "s"] }, false],
    ["an empty list of globs", { ...base, namespaceGlobs: [] }, false],
    ["a label", { ...base, namespaces: isIn("team", ["a"]) }, true],
    ["another label", { ...base, namespaces: isIn("team", ["b"]) }, false],
    ["what cannot be understood", { ...base, namespaces: UNKNOWN }, undefined],
    ["another name, and what cannot be understood", { ...base, namespace: "x", namespaces: UNKNOWN }, false],
  ])("by %s", (_, selector, truth) => {
    expect(matchesNamespace(selector, shop)).toBe(truth);
  });
});

describe("matchesClass", () => {
  const cls = {
    ...imaginedSubject([], impliedNamespace("shop")),
    labels: new Map([["app", "db"]]),
    serviceAccount: "db",
  };
  const base = { namespaces: ALL, pods: ALL };

  it.each<[string, EndpointSelector, Truth]>([
    ["everybody", base, true],
    ["a label", { ...base, pods: isIn("app", ["db"]) }, true],
    ["another label", { ...base, pods: isIn("app", ["web"]) }, false],
    ["a label elsewhere", { ...base, namespace: "web", pods: isIn("app", ["db"]) }, false],
    ["the service account", { ...base, serviceAccounts: new Set(["web", "db"]) }, true],
    ["another service account", { ...base, serviceAccounts: new Set(["web"]) }, false],
    ["no service account", { ...base, serviceAccounts: new Set<string>() }, false],
    ["odd labels", { ...base, pods: UNKNOWN }, undefined],
    ["an odd namespace", { ...base, namespaces: UNKNOWN }, undefined],
    ["both odd", { namespaces: UNKNOWN, pods: UNKNOWN }, undefined],
    ["an odd namespace and another label", { namespaces: UNKNOWN, pods: isIn("app", ["web"]) }, false],
    ["odd labels and another service account", { ...base, pods: UNKNOWN, serviceAccounts: new Set(["web"]) }, false],
  ])("by %s", (_, selector, truth) => {
    expect(matchesClass(selector, cls)).toBe(truth);
    expect(matchesAnyNetwork(selector, cls)).toBe(truth);
  });

  it("never sees a hostNetwork pod, which the ends of org rules do", () => {
    expect(matchesClass(base, { ...cls, hostNetwork: true })).toBe(false);
    expect(matchesAnyNetwork(base, { ...cls, hostNetwork: true })).toBe(true);
  });
});

describe("representative", () => {
  it.each<[string, readonly string[]]>([
    ["in order", ["shop/a", "shop/b"]],
    ["in another order", ["shop/b", "shop/a"]],
  ])("is the first by name, %s", (_, paths) => {
    const index = state(...paths.map((path) => pod(path, [], { labels: {} })));
    expect(representative(classOf(index, "shop/b")).ref.name).toBe("a");
  });

  it("is a pod before a template, and a kind before another", () => {
    const index = state(
      { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "a", namespace: "shop" }, spec: {} },
      deployment("shop/a", {}),
      pod("shop/z", [], { labels: {} }),
    );
    expect(representative(classOf(index, "shop/a", "Deployment")).ref).toMatchObject({ kind: "Pod", name: "z" });
    index.remove({ kind: "Pod", namespace: "shop", name: "z" }, "endpoint");
    expect(representative(classOf(index, "shop/a", "StatefulSet")).ref.kind).toBe("Deployment");
  });

  it("is none of a class without members", () => {
    expect(() => representative(imaginedSubject([], impliedNamespace("shop")))).toThrow("no representative");
  });
});

describe("looksLike", () => {
  const mentioning = networkPolicy("shop/p", { podSelector: { matchLabels: { app: "a", tier: "b" } } });

  it.each<[string, string, unknown, boolean]>([
    ["the template of a pod", "shop", deployment("shop/d", { app: "a" }), true],
    ["a template with labels that nothing mentions", "shop", deployment("shop/d", { app: "a", more: "x" }), true],
    ["a template with another label", "shop", deployment("shop/d", { app: "b" }), false],
    ["a template with one label more", "shop", deployment("shop/d", { app: "a", tier: "b" }), false],
    [
      "a template of another service account",
      "shop",
      deployment("shop/d", { app: "a" }, { serviceAccountName: "x" }),
      false,
    ],
    ["a template in another namespace", "web", deployment("web/d", { app: "a" }), false],
    ["a template on the host network", "shop", deployment("shop/d", { app: "a" }, { hostNetwork: true }), true],
  ])("%s", (_, namespace, template, alike) => {
    const index = state(mentioning, pod("shop/p", ["10.0.0.1"], { labels: { app: "a" } }), template);
    expect(looksLike(classOf(index, "shop/p"), classOf(index, `${namespace}/d`, "Deployment"))).toBe(alike);
  });
});
