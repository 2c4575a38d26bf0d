import { FOREIGN_KINDS, type ForeignKind } from "../../src/dialects/foreign.ts";

/** How a kind is defined and made here; nothing of what its project defines is needed to count its objects. */
export interface DefinedKind extends ForeignKind {
  readonly version: string;
  readonly scope: "Namespaced" | "Cluster";
}

const VERSIONS: Readonly<Record<string, string>> = {
  "cilium.io": "v2",
  "crd.projectcalico.org": "v1",
  "projectcalico.org": "v3",
};

const versionOf = ({ group, kind }: ForeignKind): string =>
  VERSIONS[group] ?? (kind === "ClusterNetworkPolicy" ? "v1alpha2" : "v1alpha1");

/** Every kind that is not judged. */
export const DEFINED_KINDS: readonly DefinedKind[] = FOREIGN_KINDS.map((kind) => ({
  ...kind,
  version: versionOf(kind),
  scope: ["NetworkPolicy", "CiliumNetworkPolicy"].includes(kind.kind) ? "Namespaced" : "Cluster",
}));

/** The one kind of this name. */
export const definedKind = (name: string): DefinedKind => {
  const [found, ...others] = DEFINED_KINDS.filter(({ kind }) => kind === name);
  if (found === undefined || others.length > 0) throw new Error(`Expected one kind ${name}`);
  return found;
};

const schema = {
  openAPIV3Schema: {
    type: "object",
    properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
  },
};

/** The definition of a kind, as small as can be. */
export const definitionOf = ({ group, kind, resource, version, scope }: DefinedKind): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${resource}.${group}`,
    // Groups under k8s.io are refused without it: https://kep.k8s.io/1111
    annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
  },
  spec: {
    group,
    scope,
    names: { kind, listKind: `${kind}List`, plural: resource, singular: kind.toLowerCase() },
    versions: [{ name: version, served: true, storage: true, schema }],
  },
});

/** An object that says nothing. */
export const objectOf = ({ group, kind, version, scope }: DefinedKind): object => ({
  apiVersion: `${group}/${version}`,
  kind,
  metadata: { name: "default", ...(scope === "Namespaced" ? { namespace: "default" } : {}) },
  spec: {},
});
