import { expect, it } from "vitest";
import { decodeManifest } from "../../../src/dialects/index.ts";

it.each<[string, object, readonly (readonly [string, string])[]]>([
  [
    "its labels and its name",
    { labels: { team: "a" } },
    [
      ["team", "a"],
      ["kubernetes.io/metadata.name", "shop"],
    ],
  ],
  [
    "its real name, whatever the file says",
    { labels: { "kubernetes.io/metadata.name": "kube-system" } },
    [["kubernetes.io/metadata.name", "shop"]],
  ],
  ["only its name", {}, [["kubernetes.io/metadata.name", "shop"]]],
])("a namespace has %s as labels", (_, metadata, labels) => {
  const object = decodeManifest({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", ...metadata } });
  expect(object).toEqual({
    type: "namespace",
    ref: { kind: "Namespace", namespace: "", name: "shop" },
    namespace: { name: "shop", labels: new Map(labels), terminating: false },
  });
});

it("a namespace is on its way out once it has a deletion timestamp, and in no namespace itself", () => {
  const metadata = { name: "shop", namespace: "other", deletionTimestamp: "2027-01-01T00:00:00Z" };
  expect(decodeManifest({ apiVersion: "v1", kind: "Namespace", metadata })).toMatchObject({
    ref: { namespace: "" },
    namespace: { terminating: true },
  });
});
