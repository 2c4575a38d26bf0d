import { describe, expect, it } from "vitest";
import { collectionPath, narrowPath, objectPath } from "../../../src/cluster/resource-path.ts";
import { KINDS } from "../../../src/dialects/index.ts";
import { GuardError } from "../../../src/model/errors.ts";

const kindOf = (name: string) => {
  const found = KINDS.find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`expected the kind ${name}`);
  return found;
};

describe("the path", () => {
  it.each([
    ["Namespace", "/api/v1/namespaces"],
    ["Pod", "/api/v1/pods"],
    ["Deployment", "/apis/apps/v1/deployments"],
    ["NetworkPolicy", "/apis/networking.k8s.io/v1/networkpolicies"],
  ])("of all objects of kind %s", (kind, path) => {
    expect(collectionPath(kindOf(kind))).toBe(path);
  });

  it.each([
    ["Namespace", "", "shop", "/api/v1/namespaces?fieldSelector=metadata.name%3Dshop"],
    ["Pod", "shop", "web-0.a", "/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dweb-0.a"],
    ["Job", "shop", "once", "/apis/batch/v1/namespaces/shop/jobs?fieldSelector=metadata.name%3Donce"],
  ])("of one object of kind %s", (kind, namespace, name, path) => {
    expect(objectPath(kindOf(kind), { kind, namespace, name })).toBe(path);
  });

  it("takes a name for nothing but a name", () => {
    const ref = { kind: "Pod", namespace: "shop", name: "a,metadata.namespace!=b\\=c&limit=1#" };
    const url = new URL(objectPath(kindOf("Pod"), ref), "http://server.invalid");
    expect([...url.searchParams]).toEqual([
      ["fieldSelector", "metadata.name=a\\,metadata.namespace!\\=b\\\\\\=c&limit\\=1#"],
    ]);
  });

  it.each([".", "..", "a/b", "A", "a?b", "-a", "a%2f"])("takes no namespace that cannot be: %s", (namespace) => {
    const ref = { kind: "Pod", namespace, name: "web" };
    expect(() => objectPath(kindOf("Pod"), ref)).toThrow(GuardError);
    expect(() => objectPath(kindOf("Pod"), ref)).toThrow(`Pod ${namespace}/web cannot be read`);
  });

  it("of a narrow list is one for every kind", () => {
    expect(narrowPath(kindOf("Namespace"))).toBe("/api/v1/namespaces?fieldSelector=metadata.name%3Dnetpol-guard");
    for (const kind of KINDS.filter(({ type }) => type !== "namespace"))
      expect(narrowPath(kind)).toContain(`/namespaces/default/${kind.resource}?`);
  });
});
