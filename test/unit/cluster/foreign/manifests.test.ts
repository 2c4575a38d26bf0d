import { expect, it } from "vitest";
import { ForeignPlaces } from "../../../../src/cluster/foreign/manifests.ts";
import type { UnsupportedLanguage } from "../../../../src/guard/unsupported.ts";
import { compileManifests, manifestsIn, type Manifest } from "../../../../src/cluster/manifest-files.ts";

const object = (apiVersion: string, kind: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a, namespace: shop }\n`;

const unsupportedIn = (manifests: Iterable<Manifest>): readonly UnsupportedLanguage[] => {
  const foreign = new ForeignPlaces();
  for (const manifest of manifests) foreign.note(manifest);
  return foreign.languages();
};

it("finds policies of other languages among manifests, with their places", () => {
  const manifests = manifestsIn(
    [
      object("cilium.io/v2", "CiliumNetworkPolicy"),
      object("networking.k8s.io/v1", "NetworkPolicy"),
      object("projectcalico.org/v3", "NetworkPolicy"),
      object("cilium.io/v2", "CiliumNetworkPolicy"),
      object("cilium.io/v2", "CiliumEndpoint"),
      object("v1", "Pod"),
      "kind: CiliumNetworkPolicy\n",
      "apiVersion: cilium.io/v2\n",
      "kind: List\napiVersion: v1\nitems: [{ apiVersion: policy.networking.k8s.io/v1alpha9, kind: AdminNetworkPolicy }]",
    ].join("---\n"),
    "shop.yaml",
  );
  expect(unsupportedIn(manifests)).toEqual([
    {
      id: "calico",
      name: "Calico",
      kinds: [{ group: "projectcalico.org", kind: "NetworkPolicy", places: ["shop.yaml:9"], doubt: undefined }],
    },
    {
      id: "cilium",
      name: "Cilium",
      kinds: [
        { group: "cilium.io", kind: "CiliumNetworkPolicy", places: ["shop.yaml:1", "shop.yaml:13"], doubt: undefined },
      ],
    },
    {
      id: "cluster-network-policy",
      name: "ClusterNetworkPolicy",
      kinds: [
        {
          group: "policy.networking.k8s.io",
          kind: "AdminNetworkPolicy",
          places: [expect.stringMatching(/^shop\.yaml:[0-9]+$/)],
          doubt: undefined,
        },
      ],
    },
  ]);
});

it("finds none where there are none", () => {
  expect(unsupportedIn(manifestsIn(object("v1", "Pod"), "pod.yaml"))).toEqual([]);
});

it("leaves the others to be judged", () => {
  const manifests = manifestsIn(
    [object("cilium.io/v2", "CiliumNetworkPolicy"), object("v1", "Pod")].join("---\n"),
    "shop.yaml",
  );
  expect(compileManifests(manifests)).toHaveLength(1);
});
