import { describe, expect, it } from "vitest";
import { compileManifests, manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { policyPlaces } from "../../../src/cluster/policy-places.ts";

const YAML = `# first
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a, namespace: shop }
spec:
  podSelector: {}
  ingress:
    - ports: [{ port: 80 }]
    - from:
        - podSelector: {}
        - ipBlock:
            cidr: 10.0.0.0/8
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: { name: a, namespace: shop }
  - apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: { name: b }
    spec: { podSelector: {}, egress: [{}] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicyList
items:
  - metadata: { name: c, namespace: shop }
    spec:
      podSelector: {}
      ingress:
        - from: []
`;

const finder = (text: string) => {
  const placeOf = policyPlaces(compileManifests(manifestsIn(text, "all.yaml")));
  return (name: string, field: string, namespace = "shop") =>
    placeOf({ kind: "NetworkPolicy", namespace, name }, field)?.line;
};

describe("the place of a field of a policy", () => {
  it("is the line on which an item of a list begins", () => {
    const lineOf = finder(YAML);
    expect(
      ["spec.ingress[0]", "spec.ingress[1]", "spec.ingress[1].from[0]", "spec.ingress[1].from[1]"].map((field) =>
        lineOf("a", field),
      ),
    ).toEqual([8, 9, 10, 11]);
  });

  it("is found in lists, and in the namespace that is implied", () => {
    const lineOf = finder(YAML);
    expect(lineOf("b", "spec.egress[0]", "default")).toBe(23);
    expect(lineOf("c", "spec.ingress[0]")).toBe(32);
  });

  it("is that of the policy itself, of no pod of its name, where no field is named", () => {
    const lineOf = finder(YAML);
    expect([lineOf("a", ""), lineOf("b", "", "default"), lineOf("c", "")]).toEqual([2, 20, 28]);
    expect(lineOf("nobody", "spec")).toBeUndefined();
  });

  it("is that of the last of two policies of one name, which is the one that counts", () => {
    const lineOf = finder(`${YAML}---\n${YAML.slice(0, YAML.indexOf("---"))}`);
    expect(lineOf("a", "spec.ingress[0]")).toBe(8 + YAML.split("\n").length);
  });

  it("has a file and a line", () => {
    const placeOf = policyPlaces(compileManifests(manifestsIn(YAML, "-")));
    const ref = { kind: "NetworkPolicy", namespace: "default", name: "b" };
    expect(placeOf(ref, "spec.egress[0]")).toEqual({ file: "-", line: 23 });
  });
});
