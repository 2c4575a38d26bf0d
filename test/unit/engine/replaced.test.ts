import { describe, expect, it } from "vitest";
import type { Transition } from "../../../src/engine/transition.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import { operationOf, replacedObject } from "../../../src/engine/replaced.ts";
import { touchedClasses } from "../../../src/engine/touched.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import { decode, namesOf, networkPolicy, state } from "./worlds.ts";

const objects = [
  pod("shop/a", [], { labels: { app: "a" } }),
  pod("shop/b", [], { labels: { app: "b" } }),
  pod("web/a", [], { labels: { app: "a" } }),
  networkPolicy("shop/p", { podSelector: { matchLabels: { app: "a" } } }),
  namespace("shop", { team: "x" }),
];
const transition = (change: Replacement): Transition => {
  const before = state(...objects);
  return { before, after: withChange(before, change), change, tick: () => undefined };
};
const changeTo = (manifest: unknown, more: Partial<Replacement> = {}): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object, ...more };
};

describe("what a change replaces", () => {
  it.each(objects.map((manifest) => [decode(manifest).type, manifest] as const))(
    "is in the state: a %s",
    (_, manifest) => {
      const object = decode(manifest);
      expect(replacedObject(transition(changeTo(manifest)))).toEqual(object);
      expect(operationOf(transition(changeTo(manifest)))).toBe("UPDATE");
      expect(operationOf(transition(changeTo(manifest, { object: undefined })))).toBe("DELETE");
    },
  );

  it.each([
    ["endpoint", pod("shop/new", [])],
    ["policy", networkPolicy("shop/new", {})],
  ])("is nothing for a new %s", (_, manifest) => {
    expect(replacedObject(transition(changeTo(manifest)))).toBeUndefined();
    expect(operationOf(transition(changeTo(manifest)))).toBe("CREATE");
  });

  it("is what the request says, where it says so", () => {
    const old = decode(pod("shop/a", ["10.0.0.9"]));
    expect(replacedObject(transition(changeTo(pod("shop/a", []), { operation: "UPDATE", old })))).toBe(old);
    expect(replacedObject(transition(changeTo(pod("shop/a", []), { operation: "CREATE" })))).toBeUndefined();
    expect(operationOf(transition(changeTo(pod("shop/new", []), { operation: "UPDATE" })))).toBe("UPDATE");
  });
});

describe("the classes that a change touches", () => {
  const touched = (change: Replacement, direction: "ingress" | "egress"): readonly string[] =>
    namesOf(touchedClasses(transition(change), direction));

  it.each<[string, Replacement, readonly string[], readonly string[]]>([
    [
      "a policy: whom it selected or selects, in its directions",
      changeTo(
        networkPolicy("shop/p", { podSelector: { matchLabels: { app: "b" } }, policyTypes: ["Ingress", "Egress"] }),
      ),
      ["a", "b"],
      ["b"],
    ],
    [
      "a policy as it was: each class once",
      changeTo(networkPolicy("shop/p", { podSelector: { matchLabels: { app: "a" } } })),
      ["a"],
      [],
    ],
    ["a policy that goes", changeTo(networkPolicy("shop/p", {}), { object: undefined }), ["a"], []],
    ["a namespace: all of its classes", changeTo(namespace("shop", {})), ["a", "b"], ["a", "b"]],
    ["a pod: its own class", changeTo(pod("shop/a", [], { labels: { app: "c" } })), ["a"], ["a"]],
    ["a pod that goes: none", changeTo(pod("shop/a", []), { object: undefined }), [], []],
  ])("%s", (_, change, ingress, egress) => {
    expect([touched(change, "ingress"), touched(change, "egress")]).toEqual([ingress, egress]);
  });
});
