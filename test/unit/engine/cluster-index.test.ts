import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { ClusterObject } from "../../../src/model/cluster-object.ts";
import { impliedNamespace, type ObjectRef } from "../../../src/model/objects.ts";
import type { Direction } from "../../../src/model/policies.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import { classOf, decode, namesOf, networkPolicy, state } from "./worlds.ts";

const policyRef = (path: string): ObjectRef => {
  const [at = "", name = ""] = path.split("/");
  return { kind: "NetworkPolicy", namespace: at, name };
};
const governing = (index: ClusterIndex, path: string, direction: Direction): readonly string[] =>
  index.governing(classOf(index, path), direction).flatMap(({ policies }) => policies.map(({ ref }) => ref.name));

describe("policies", () => {
  it("govern the pods they select, in their namespace and directions, by name", () => {
    const index = state(
      pod("shop/a", [], { labels: { app: "a" } }),
      pod("web/a", [], { labels: { app: "a" } }),
      networkPolicy("shop/z", { podSelector: { matchLabels: { app: "a" } } }),
      networkPolicy("shop/y", { policyTypes: ["Ingress", "Egress"] }),
      networkPolicy("shop/x", { podSelector: { matchLabels: { app: "b" } } }),
      networkPolicy("web/w", { policyTypes: ["Egress"] }),
    );
    expect([governing(index, "shop/a", "ingress"), governing(index, "shop/a", "egress")]).toEqual([["y", "z"], ["y"]]);
    expect([governing(index, "web/a", "ingress"), governing(index, "web/a", "egress")]).toEqual([[], ["w"]]);
  });

  it("never govern a hostNetwork pod", () => {
    const index = state(pod("shop/a", [], { hostNetwork: true }), networkPolicy("shop/p", {}));
    expect(governing(index, "shop/a", "ingress")).toEqual([]);
  });

  it("are found by name and namespace, and counted", () => {
    const index = state(networkPolicy("shop/a", {}), networkPolicy("shop/b", {}), networkPolicy("web/a", {}));
    expect(index.policyCount).toBe(3);
    expect(index.policiesIn("shop").map(({ ref }) => ref.name)).toEqual(["a", "b"]);
    expect(index.policiesIn("nowhere")).toEqual([]);
    expect([...index.policies()].map(({ ref }) => ref)).toEqual(["shop/a", "shop/b", "web/a"].map(policyRef));
    expect(index.policy(policyRef("web/a"))?.ref).toEqual(policyRef("web/a"));
    expect(index.policy(policyRef("web/b"))).toBeUndefined();
    index.remove(policyRef("shop/a"), "policy");
    expect(index.policiesIn("shop").map(({ ref }) => ref.name)).toEqual(["b"]);
    index.remove(policyRef("shop/b"), "policy");
    expect(index.policiesIn("shop")).toEqual([]);
    expect(index.policiesIn("web").map(({ ref }) => ref.name)).toEqual(["a"]);
  });

  it("are a new list whenever one of them changes, and the same one as long as none does", () => {
    const index = state(networkPolicy("shop/a", {}));
    const first = index.policiesIn("shop");
    index.upsert(decode(networkPolicy("web/a", {})));
    expect(index.policiesIn("shop")).toBe(first);
    index.upsert(decode(networkPolicy("shop/a", {})));
    expect(index.policiesIn("shop")).not.toBe(first);
    index.remove(policyRef("shop/a"), "policy");
    expect(index.policiesIn("shop")).toEqual([]);
  });

  it("stop governing when they change or go, and only they", () => {
    const index = state(
      pod("shop/a", [], { labels: { app: "a" } }),
      networkPolicy("shop/p", {}),
      networkPolicy("shop/q", {}),
    );
    index.upsert(decode(networkPolicy("shop/p", { podSelector: { matchLabels: { app: "b" } } })));
    expect(governing(index, "shop/a", "ingress")).toEqual(["q"]);
    index.remove(policyRef("shop/q"), "policy");
    index.remove(policyRef("shop/never"), "policy");
    expect(governing(index, "shop/a", "ingress")).toEqual([]);
    index.upsert(decode(networkPolicy("shop/p", {})));
    expect(governing(index, "shop/a", "ingress")).toEqual(["p"]);
  });

  it("that name a class are found from it, until they go", () => {
    const names = (index: ClusterIndex, direction: Direction): readonly string[] =>
      [...index.naming(classOf(index, "web/a"), direction)].map(({ ref }) => ref.name).sort();
    const index = state(
      pod("web/a", [], { labels: { app: "a" } }),
      networkPolicy("shop/all-pods", {
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "a" } } }] }],
      }),
      networkPolicy("shop/twice", {
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "web" } } },
              { namespaceSelector: {}, podSelector: { matchLabels: { app: "a" } } },
            ],
          },
        ],
      }),
      networkPolicy("shop/egress", {
        egress: [{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "a" } } }] }],
      }),
      networkPolicy("shop/own", { ingress: [{ from: [{ podSelector: {} }] }] }),
      networkPolicy("shop/other", {
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "b" } } }] }],
      }),
    );
    expect([names(index, "ingress"), names(index, "egress")]).toEqual([["all-pods", "twice"], ["egress"]]);
    index.remove(policyRef("shop/all-pods"), "policy");
    index.remove(policyRef("shop/egress"), "policy");
    expect([names(index, "ingress"), names(index, "egress")]).toEqual([["twice"], []]);
  });
});

describe("namespaces", () => {
  const team = (value: string): unknown => namespace("shop", { team: value });
  const selector = { namespaces: isIn("team", ["a"]), pods: ALL };

  it("pass their labels on to their classes at once", () => {
    const index = state(pod("shop/a", []), team("b"), pod("shop/b", []));
    const set = index.set(selector);
    expect([namesOf(index.select(selector)), namesOf(set.classes())]).toEqual([[], []]);
    index.upsert(decode(team("a")));
    expect([namesOf(index.select(selector)), namesOf(set.classes())]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(classOf(index, "shop/a").namespace.labels.get("team")).toBe("a");
    index.remove({ kind: "Namespace", namespace: "", name: "shop" }, "namespace");
    expect([namesOf(index.select(selector)), namesOf(set.classes())]).toEqual([[], []]);
    expect(index.namespace("shop")).toEqual(impliedNamespace("shop"));
  });

  it("that nothing defines have only their name", () => {
    const index = state(pod("shop/a", []), networkPolicy("web/p", {}));
    expect(index.namespace("shop")).toEqual(impliedNamespace("shop"));
    expect(index.namespace("nowhere")).toEqual(impliedNamespace("nowhere"));
    expect([...index.namespaceNames()].sort()).toEqual(["shop", "web"]);
    const byName = { namespaces: isIn("kubernetes.io/metadata.name", ["shop"]), pods: ALL };
    expect(namesOf(index.select(byName))).toEqual(["a"]);
  });
});

describe("objects are given back as they were taken over", () => {
  const objects: readonly ClusterObject[] = [
    namespace("shop", { team: "a" }),
    networkPolicy("shop/p", {}),
    pod("shop/a", []),
  ].map(decode);

  it.each(objects.map((object) => [object.type, object] as const))("a %s", (_, object) => {
    const index = state();
    expect(index.object(object.ref, object.type)).toBeUndefined();
    index.upsert(object);
    expect(index.object(object.ref, object.type)).toEqual(object);
  });
});

describe("sets", () => {
  const web = { namespaces: ALL, pods: isIn("app", ["web"]) };

  it("are one for one selector, and follow pods and policies", () => {
    const index = state(pod("shop/a", [], { labels: { app: "web" } }), pod("shop/b", [], { labels: { app: "db" } }));
    const set = index.set(web);
    expect(index.set(web)).toBe(set);
    expect(set.selector).toBe(web);
    expect([namesOf(set.classes()), namesOf(set.open("ingress")), namesOf(set.open("egress"))]).toEqual([
      ["a"],
      ["a"],
      ["a"],
    ]);
    expect([set.has(classOf(index, "shop/a")), set.has(classOf(index, "shop/b"))]).toEqual([true, false]);
    index.upsert(decode(networkPolicy("shop/p", {})));
    expect([namesOf(set.classes()), namesOf(set.open("ingress")), namesOf(set.open("egress"))]).toEqual([
      ["a"],
      [],
      ["a"],
    ]);
    index.upsert(decode(pod("shop/b", [], { labels: { app: "web" } })));
    expect(namesOf(set.classes())).toEqual(["a", "b"]);
    index.remove({ kind: "Pod", namespace: "shop", name: "a" }, "endpoint");
    expect(namesOf(set.classes())).toEqual(["b"]);
    index.remove(policyRef("shop/p"), "policy");
    expect(namesOf(set.open("ingress"))).toEqual(["b"]);
  });

  it("of a direction that is open to somebody whom no rule names hold the class", () => {
    const openFor = (spec: Parameters<typeof networkPolicy>[1]): readonly string[] => {
      const index = state(pod("shop/a", [], { labels: { app: "web" } }), networkPolicy("shop/p", spec));
      return namesOf(index.set(web).open("ingress"));
    };
    const broken = { matchExpressions: [{ key: "app", operator: "?" }] };
    expect(openFor({ ingress: [{}] })).toEqual(["a"]);
    expect(openFor({ ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] })).toEqual(["a"]);
    expect(openFor({ ingress: [{ from: [{ namespaceSelector: {} }] }] })).toEqual(["a"]);
    expect(openFor({ ingress: [{ from: [{ podSelector: broken }] }] })).toEqual(["a"]);
    expect(openFor({ ingress: [{ from: [{ podSelector: {} }] }] })).toEqual([]);
    expect(openFor({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }] })).toEqual([]);
    expect(openFor({ podSelector: { matchLabels: { app: "x" } } })).toEqual(["a"]);
  });
});
