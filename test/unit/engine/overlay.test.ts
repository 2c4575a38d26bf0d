import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import type { ClusterState } from "../../../src/engine/state.ts";
import type { Direction } from "../../../src/model/policies.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import { classOf, decode, deployment, namesOf, networkPolicy, state } from "./worlds.ts";

const creating = (manifest: unknown): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object };
};
const deleting = (manifest: unknown): Replacement => ({ ...creating(manifest), object: undefined });
const refOf = (path: string, kind = "Pod") => {
  const [at = "", name = ""] = path.split("/");
  return { kind, namespace: at, name };
};
const governing = (after: ClusterState, path: string, direction: Direction): readonly string[] =>
  after.governing(classOf(after, path), direction).flatMap(({ policies }) => policies.map(({ ref }) => ref.name));

const everybody = { namespaces: ALL, pods: ALL };
const labelled = (path: string, app: string): unknown => pod(path, [], { labels: { app } });
const mention = networkPolicy("other/mention", { podSelector: { matchLabels: { app: "a", tier: "1" } } });

describe("a policy laid over", () => {
  const base = (): ClusterIndex =>
    state(
      labelled("shop/a", "a"),
      labelled("shop/b", "b"),
      pod("shop/host", [], { hostNetwork: true }),
      networkPolicy("shop/q", { podSelector: { matchLabels: { app: "a" } } }),
    );

  it("governs whom it selects, in its order and direction", () => {
    const after = withChange(
      base(),
      creating(
        networkPolicy("shop/p", { policyTypes: ["Ingress", "Egress"], podSelector: { matchLabels: { app: "a" } } }),
      ),
    );
    expect([governing(after, "shop/a", "ingress"), governing(after, "shop/a", "egress")]).toEqual([["p", "q"], ["p"]]);
    expect([governing(after, "shop/b", "ingress"), governing(after, "shop/host", "ingress")]).toEqual([[], []]);
  });

  it("takes the place of the one of its name", () => {
    const after = withChange(base(), creating(networkPolicy("shop/q", { podSelector: { matchLabels: { app: "b" } } })));
    expect([governing(after, "shop/a", "ingress"), governing(after, "shop/b", "ingress")]).toEqual([[], ["q"]]);
    expect(after.policiesIn("shop").map(({ subject }) => subject.pods)).toEqual([isIn("app", ["b"])]);
    expect(after.policy(refOf("shop/q", "NetworkPolicy"))?.subject.pods).toEqual(isIn("app", ["b"]));
  });

  it("is gone when it was deleted, and only it", () => {
    const index = base();
    const after = withChange(index, deleting(networkPolicy("shop/q", {})));
    expect(governing(after, "shop/a", "ingress")).toEqual([]);
    expect([after.policiesIn("shop"), after.policy(refOf("shop/q", "NetworkPolicy"))]).toEqual([[], undefined]);
    expect(governing(index, "shop/a", "ingress")).toEqual(["q"]);
    expect(withChange(index, deleting(networkPolicy("shop/none", {}))).policiesIn("shop")).toHaveLength(1);
  });

  it("leaves the lists of other namespaces the same, and makes its own once", () => {
    const index = state(networkPolicy("web/x", {}));
    const after = withChange(index, creating(networkPolicy("shop/p", {})));
    expect(after.policiesIn("web")).toBe(index.policiesIn("web"));
    expect(after.policiesIn("shop")).toBe(after.policiesIn("shop"));
    expect(after.policy(refOf("web/x", "NetworkPolicy"))).toBe(index.policy(refOf("web/x", "NetworkPolicy")));
  });

  it("is among those that name a class, and the one it replaces is not", () => {
    const naming = (after: ClusterState): readonly string[] =>
      [...after.naming(classOf(after, "web/a"), "ingress")].map(({ ref }) => ref.name).sort();
    const from = (app: string) => ({
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app } } }] }],
    });
    const index = state(labelled("web/a", "a"), networkPolicy("shop/p", from("a")), networkPolicy("shop/q", from("a")));
    expect(naming(withChange(index, creating(networkPolicy("shop/new", from("a")))))).toEqual(["new", "p", "q"]);
    expect(naming(withChange(index, deleting(networkPolicy("shop/q", {}))))).toEqual(["p"]);
  });

  it("tells apart at once whatever it mentions", () => {
    const index = state(labelled("shop/a", "a"), labelled("shop/b", "b"));
    const after = withChange(index, creating(networkPolicy("shop/p", { podSelector: { matchLabels: { app: "a" } } })));
    expect([governing(after, "shop/a", "ingress"), governing(after, "shop/b", "ingress")]).toEqual([["p"], []]);
  });
});

describe("a pod laid over", () => {
  const two = (): ClusterIndex =>
    state(mention, labelled("shop/a", "a"), labelled("shop/b", "a"), labelled("web/c", "c"));

  it("is one class by itself, and the others stay together", () => {
    const index = two();
    const after = withChange(index, creating(labelled("shop/b", "c")));
    expect(namesOf([classOf(after, "shop/b")])).toEqual(["b"]);
    expect(namesOf([classOf(after, "shop/a")])).toEqual(["a"]);
    expect(classOf(after, "shop/a")).toMatchObject({ size: 1, pods: 1 });
    expect(classOf(after, "shop/b")).toMatchObject({ size: 1, pods: 1, labels: new Map([["app", "c"]]) });
    expect(namesOf(after.select({ namespaces: ALL, pods: isIn("app", ["c"]) }))).toEqual(["b", "c"]);
    expect(namesOf(after.classesIn("shop"))).toEqual(["a", "b"]);
    expect(namesOf(index.classesIn("shop"))).toEqual(["a", "b"]);
    expect(after.origin(classOf(after, "shop/b"))).toBe(classOf(index, "shop/a"));
    expect(after.origin(classOf(after, "shop/a"))).toBe(classOf(index, "shop/a"));
    expect(after.origin(classOf(after, "web/c"))).toBe(classOf(index, "web/c"));
  });

  it("that is new comes from nowhere", () => {
    const after = withChange(two(), creating(labelled("shop/new", "a")));
    expect(after.origin(classOf(after, "shop/new"))).toBeUndefined();
    expect(after.endpoint(refOf("shop/new"))?.ref.name).toBe("new");
    expect(namesOf(after.classesIn("shop"))).toEqual(["a", "b", "new"]);
    expect(namesOf(after.set(everybody).classes())).toEqual(["a", "b", "c", "new"]);
  });

  it.each<[string, (path: string) => Replacement]>([
    ["was deleted", (path) => deleting(labelled(path, "a"))],
    ["has finished", (path) => creating(pod(path, [], { phase: "Succeeded" }))],
  ])("that %s is gone", (_, change) => {
    const after = withChange(two(), change("shop/b"));
    expect([after.classOf(refOf("shop/b")), after.endpoint(refOf("shop/b"))]).toEqual([undefined, undefined]);
    expect(namesOf(after.classesIn("shop"))).toEqual(["a"]);
    expect(namesOf(withChange(two(), change("web/c")).classesIn("web"))).toEqual([]);
  });

  it("on a template of its name leaves the template", () => {
    const index = state(labelled("shop/a", "a"), deployment("shop/a", { app: "a" }));
    const after = withChange(index, deleting(labelled("shop/a", "a")));
    expect(after.classOf(refOf("shop/a"))).toBeUndefined();
    expect(classOf(after, "shop/a", "Deployment")).toMatchObject({ size: 1, pods: 0 });
    const other = withChange(index, deleting(deployment("shop/a", {})));
    expect(classOf(other, "shop/a")).toMatchObject({ size: 1, pods: 1 });
    expect(classOf(withChange(index, creating(deployment("shop/b", {}))), "shop/b", "Deployment").pods).toBe(0);
  });

  it("is governed by the policies that select it now", () => {
    const index = state(
      labelled("shop/a", "a"),
      networkPolicy("shop/p", { podSelector: { matchLabels: { app: "b" } } }),
    );
    const after = withChange(index, creating(labelled("shop/a", "b")));
    expect([governing(after, "shop/a", "ingress"), governing(after, "shop/a", "egress")]).toEqual([["p"], []]);
  });
});

describe("a namespace laid over", () => {
  const index = (): ClusterIndex =>
    state(namespace("shop", { team: "a" }), labelled("shop/a", "a"), labelled("shop/b", "a"), labelled("web/c", "a"));
  const team = (value: string) => ({ namespaces: isIn("team", [value]), pods: ALL });

  it("passes its labels on to all of its classes, and to no other", () => {
    const before = index();
    const after = withChange(before, creating(namespace("shop", { team: "b" })));
    expect([namesOf(after.select(team("a"))), namesOf(after.select(team("b")))]).toEqual([[], ["a", "b"]]);
    expect([namesOf(before.select(team("a"))), namesOf(before.select(team("b")))]).toEqual([["a", "b"], []]);
    expect(after.namespace("shop").labels.get("team")).toBe("b");
    expect(after.namespace("web")).toEqual(before.namespace("web"));
    expect(classOf(after, "shop/a")).toMatchObject({ size: 2, pods: 2 });
    expect(namesOf([classOf(after, "shop/a")])).toEqual(["a", "b"]);
    expect(after.origin(classOf(after, "shop/b"))).toBe(classOf(before, "shop/b"));
  });

  it("leaves policies governing its pods", () => {
    const before = index();
    before.upsert(decode(networkPolicy("shop/p", {})));
    expect(governing(withChange(before, creating(namespace("shop", {}))), "shop/a", "ingress")).toEqual(["p"]);
  });
});

describe("sets of an overlay", () => {
  const web = { namespaces: ALL, pods: isIn("app", ["a"]) };

  it("hold what the change brings, and not what it takes", () => {
    const index = state(labelled("shop/a", "a"), labelled("shop/b", "b"));
    index.set(web);
    const after = withChange(index, creating(labelled("shop/b", "a")));
    const set = after.set(web);
    expect(set.selector).toBe(web);
    expect([namesOf(set.classes()), namesOf(set.open("ingress"))]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect([set.has(classOf(after, "shop/b")), set.has(classOf(index, "shop/b"))]).toEqual([true, false]);
    const gone = withChange(index, creating(labelled("shop/a", "b"))).set(web);
    expect([namesOf(gone.classes()), gone.has(classOf(index, "shop/a"))]).toEqual([[], false]);
  });

  it("of an open direction hold whom a deletion opens", () => {
    const index = state(labelled("shop/a", "a"), labelled("shop/b", "b"), networkPolicy("shop/p", {}));
    const before = index.set(web);
    expect(namesOf(before.open("ingress"))).toEqual([]);
    const after = withChange(index, deleting(networkPolicy("shop/p", {})));
    expect(namesOf(after.set(web).open("ingress"))).toEqual(["a"]);
    expect(namesOf(before.open("ingress"))).toEqual([]);
  });

  it("are estimated with what the change brings", () => {
    const index = state(labelled("shop/a", "a"), labelled("shop/b", "b"));
    index.set(web);
    expect(index.estimate(web)).toBe(1);
    expect(withChange(index, creating(labelled("shop/c", "a"))).estimate(web)).toBe(2);
    expect(withChange(index, creating(networkPolicy("shop/p", {}))).estimate(web)).toBe(1);
  });
});
