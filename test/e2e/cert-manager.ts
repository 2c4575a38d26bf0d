/** Everything under `spec` is the kind's own matter; what is in use here is typed, as cert-manager types it. */
const definition = (kind: string, plural: string, spec: object): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.cert-manager.io` },
  spec: {
    group: "cert-manager.io",
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: { spec: { type: "object", ...spec } },
          },
        },
      },
    ],
  },
});

const text = { type: "string" };
const object = (properties: object, ...required: readonly string[]): object => ({
  type: "object",
  properties,
  ...(required.length > 0 ? { required } : {}),
});

/** The kinds of cert-manager that are in use, with the fields that are (https://cert-manager.io/docs/reference/api-docs/). */
export const CERT_MANAGER: readonly object[] = [
  definition("Issuer", "issuers", {
    properties: { selfSigned: object({}), ca: object({ secretName: text }, "secretName") },
  }),
  definition("Certificate", "certificates", {
    required: ["issuerRef", "secretName"],
    properties: {
      isCA: { type: "boolean" },
      commonName: text,
      secretName: text,
      dnsNames: { type: "array", items: text },
      usages: { type: "array", items: { type: "string", enum: ["digital signature", "server auth"] } },
      duration: text,
      renewBefore: text,
      privateKey: object({
        algorithm: { type: "string", enum: ["RSA", "ECDSA", "Ed25519"] },
        size: { type: "integer" },
        rotationPolicy: { type: "string", enum: ["Never", "Always"] },
      }),
      issuerRef: object({ kind: text, name: text, group: text }, "name"),
    },
  }),
];
