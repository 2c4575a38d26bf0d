import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { FOREIGN_KINDS, FOREIGN_LANGUAGES, findForeignKind } from "../../../src/dialects/foreign.ts";
import { findKind } from "../../../src/dialects/index.ts";

describe("the languages that are not judged", () => {
  it("are those whose kinds decide who reaches whom", () => {
    expect(
      FOREIGN_LANGUAGES.map(({ id, name, kinds }) => [id, name, kinds.map(({ group, kind }) => `${kind}.${group}`)]),
    ).toEqual([
      [
        "calico",
        "Calico",
        [
          "NetworkPolicy.crd.projectcalico.org",
          "GlobalNetworkPolicy.crd.projectcalico.org",
          "NetworkPolicy.projectcalico.org",
          "GlobalNetworkPolicy.projectcalico.org",
        ],
      ],
      ["cilium", "Cilium", ["CiliumNetworkPolicy.cilium.io", "CiliumClusterwideNetworkPolicy.cilium.io"]],
      [
        "cluster-network-policy",
        "ClusterNetworkPolicy",
        ["ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"].map(
          (kind) => `${kind}.policy.networking.k8s.io`,
        ),
      ],
    ]);
  });

  it("hold no kind that a dialect compiles", () => {
    expect(FOREIGN_KINDS.filter(({ group, kind }) => findKind(group, kind) !== undefined)).toEqual([]);
  });

  it("are found by group and kind together", () => {
    expect(findForeignKind("projectcalico.org", "NetworkPolicy")?.resource).toBe("networkpolicies");
    expect(findForeignKind("networking.k8s.io", "NetworkPolicy")).toBeUndefined();
    expect(findForeignKind("cilium.io", "CiliumIdentity")).toBeUndefined();
  });

  it("may be listed by the role that is shipped, and no more than that", () => {
    const file = resolve(import.meta.dirname, "../../../manifests/base/rbac.yaml");
    const [role] = parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as unknown);
    const { rules } = role as {
      readonly rules: readonly {
        readonly apiGroups: readonly string[];
        readonly resources: readonly string[];
        readonly verbs: readonly string[];
      }[];
    };
    const verbs = ({ group, resource }: (typeof FOREIGN_KINDS)[number]): readonly string[] =>
      rules
        .filter(({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource))
        .flatMap((rule) => rule.verbs);
    expect(FOREIGN_KINDS.map((kind) => [kind.resource, verbs(kind)])).toEqual(
      FOREIGN_KINDS.map(({ resource }) => [resource, ["list"]]),
    );
  });
});
