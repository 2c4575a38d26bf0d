import { expect, it } from "vitest";
import { impliedNamespace, refKey, refText } from "../../../src/model/objects.ts";

it.each([
  [{ kind: "NetworkPolicy", namespace: "shop", name: "open-db" }, "NetworkPolicy shop/open-db"],
  [{ kind: "Namespace", namespace: "", name: "shop" }, "Namespace shop"],
])("%j is called %s", (ref, text) => {
  expect(refText(ref)).toBe(text);
});

it("a key tells kinds, namespaces and names apart", () => {
  const refs = [
    { kind: "Pod", namespace: "a", name: "b" },
    { kind: "Job", namespace: "a", name: "b" },
    { kind: "Pod", namespace: "b", name: "a" },
    { kind: "Pod", namespace: "", name: "b" },
  ];
  expect(new Set(refs.map(refKey)).size).toBe(refs.length);
  expect(refKey({ kind: "Pod", namespace: "a", name: "b" })).toBe("Pod/a/b");
});

it("a namespace that no object defines has only its name label, and is not being deleted", () => {
  expect(impliedNamespace("shop")).toEqual({
    name: "shop",
    labels: new Map([["kubernetes.io/metadata.name", "shop"]]),
    terminating: false,
  });
});
