import { describe, expect, it } from "vitest";
import { decodeManifest, DIALECTS, findKind, KINDS } from "../../../src/dialects/index.ts";

describe("decodeManifest", () => {
  it.each([
    ["v1", "Pod", "endpoint"],
    ["v1", "Namespace", "namespace"],
    ["networking.k8s.io/v1", "NetworkPolicy", "policy"],
    ["networking.k8s.io/v1beta1", "NetworkPolicy", "policy"],
    ["apps/v1", "Deployment", "endpoint"],
  ])("takes %s %s for a %s", (apiVersion, kind, type) => {
    expect(decodeManifest({ apiVersion, kind, metadata: { name: "x" } })?.type).toBe(type);
  });

  it.each([
    ["v1", "Service"],
    ["v1", "NetworkPolicy"],
    ["networking.k8s.io/v1", "Pod"],
    ["cilium.io/v2", "NetworkPolicy"],
    ["v1", "constructor"],
  ])("leaves %s %s to others", (apiVersion, kind) => {
    expect(decodeManifest({ apiVersion, kind, metadata: { name: "x" } })).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [undefined, "expected a mapping, found nothing"],
    [null, "expected a mapping, found null"],
    [[], "expected a mapping, found a list"],
    ["Pod", 'expected a mapping, found "Pod"'],
    [{ kind: "Pod" }, "apiVersion: expected a string, found nothing"],
    [{ apiVersion: "v1" }, "kind: expected a string, found nothing"],
    [{ apiVersion: "v1", kind: true }, "kind: expected a string, found boolean true"],
    [{ apiVersion: "v1", kind: "Pod" }, "metadata: expected a mapping, found nothing"],
    [{ apiVersion: "v1", kind: "Pod", metadata: {} }, "metadata.name: expected the name of this Pod, found none"],
    [{ apiVersion: "v1", kind: "Pod", metadata: { name: 7 } }, "metadata.name: expected a string, found number 7"],
    [{ apiVersion: "v1", kind: "Pod", metadata: { name: {} } }, "metadata.name: expected a string, found a mapping"],
  ])("refuses %j: %s", (manifest, message) => {
    expect(() => decodeManifest(manifest)).toThrow(message);
  });

  it("does not look at what a manifest inherits", () => {
    const manifest: unknown = Object.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } });
    expect(() => decodeManifest(manifest)).toThrow("apiVersion: expected a string, found nothing");
  });

  it("knows an object that has no name yet by what its name will begin with", () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { generateName: "web-", namespace: "" } };
    expect(decodeManifest(pod)?.ref).toEqual({ kind: "Pod", namespace: "default", name: "web-" });
  });
});

describe("the kinds that are judged", () => {
  it("are found by group and name, whatever the version", () => {
    for (const known of KINDS) expect(findKind(known.group, known.kind)).toBe(known);
    expect(findKind("", "Deployment")).toBeUndefined();
    expect(findKind("apps", "Pod")).toBeUndefined();
  });

  it("each have one dialect and one place in the API", () => {
    expect(new Set(KINDS.map(({ group, kind }) => `${group}/${kind}`)).size).toBe(KINDS.length);
    expect(new Set(KINDS.map(({ group, resource }) => `${group}/${resource}`)).size).toBe(KINDS.length);
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length);
  });
});
