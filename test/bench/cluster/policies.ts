import type { Mapping } from "../../../src/dialects/manifest.ts";
import { managed, stored } from "./object-meta.ts";

/** A NetworkPolicy or namespace as an API server lists it after `kubectl apply`. */
const applied = (
  manifest: Mapping & { readonly apiVersion: string; readonly kind: string; readonly spec: Mapping },
  place: { readonly name: string; readonly namespace?: string },
  labels: Readonly<Record<string, string>>,
  serial: string,
): Mapping => {
  const { apiVersion, kind, spec } = manifest;
  const annotations = {
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
      apiVersion,
      kind,
      metadata: { annotations: {}, labels, ...place },
      spec,
    }),
  };
  const fields = { metadata: { annotations, labels }, spec };
  return stored(manifest, { ...place, labels, annotations, serial }, [
    managed(apiVersion, { manager: "kubectl-client-side-apply", fields }),
  ]);
};

/** A namespace with these labels. */
export const namespaceManifest = (name: string, labels: Readonly<Record<string, string>>, serial: string): Mapping =>
  applied(
    { apiVersion: "v1", kind: "Namespace", spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } },
    { name },
    { "kubernetes.io/metadata.name": name, "pod-security.kubernetes.io/enforce": "restricted", ...labels },
    serial,
  );

/** A NetworkPolicy of this spec. */
export const policyManifest = (namespace: string, name: string, spec: Mapping, serial: string): Mapping =>
  applied(
    { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec },
    { name, namespace },
    { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": namespace },
    serial,
  );

/** Isolates every pod in both directions. */
export const DEFAULT_DENY: Mapping = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** The ranges of pods, nodes and offices. */
export const PRIVATE_RANGES: readonly string[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** A port as rules name it. */
export const tcp = (port: number | string): Mapping => ({ protocol: "TCP", port });

/** A way out to the cluster's name servers. */
export const DNS_EGRESS: Mapping = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
};
