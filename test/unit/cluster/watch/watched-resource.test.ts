import { describe, expect, it } from "vitest";
import { identityOf, targetOf } from "../../../../src/cluster/watch/watched-resource.ts";

describe("objects", () => {
  it("are known by kind, namespace, name and uid", () => {
    expect(identityOf({ kind: "Namespace", metadata: { name: "shop" } })).toEqual({
      kind: "Namespace",
      namespace: "",
      name: "shop",
      uid: "",
    });
    expect(() => identityOf({ metadata: { name: "shop" } })).toThrow("kind: expected a name");
    expect(() => identityOf({ kind: "Pod", metadata: {} })).toThrow("metadata.name: expected a name");
  });

  it("are asked for under their path", () => {
    expect(targetOf("/api/v1/pods?labelSelector=a%3Db", { continue: "x+/=" })).toBe(
      "/api/v1/pods?labelSelector=a%3Db&continue=x%2B%2F%3D",
    );
  });
});
