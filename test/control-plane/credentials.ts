import { generateKeyPairSync, randomBytes } from "node:crypto";

/** A user of the API server; groups count for RBAC. */
export type User = { readonly name: string; readonly groups?: readonly string[] };

/** The user of the default kubeconfig: every right, RBAC is not asked. */
export const admin: User = { name: "admin", groups: ["system:masters"] };

/** The controller manager's user, whose rights RBAC's bootstrap roles give. */
export const controllerManagerUser: User = { name: "system:kube-controller-manager" };

/** Each user's name with a bearer token of its own. */
export const makeTokens = (users: readonly User[]): ReadonlyMap<string, string> =>
  new Map(users.map(({ name }) => [name, randomBytes(16).toString("hex")]));

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/**
 * The text of a --token-auth-file: token, user name, uid, groups.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
 */
export const tokenFile = (users: readonly User[], tokens: ReadonlyMap<string, string>): string =>
  users
    .map(({ name, groups = [] }) => [
      tokens.get(name) ?? "",
      name,
      name,
      ...(groups.length > 0 ? [groups.join(",")] : []),
    ])
    .map((fields) => fields.map(quoted).join(","))
    .map((line) => `${line}\n`)
    .join("");

/** A PEM private key (P-256) to sign service account tokens; the servers derive the public key from it. */
export const serviceAccountKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  }).privateKey;

/** A kubeconfig for one user; JSON, which is YAML too. */
export const kubeconfig = (server: string, certificateAuthority: string, user: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "control-plane",
        cluster: { server, "certificate-authority-data": Buffer.from(certificateAuthority).toString("base64") },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: "control-plane", context: { cluster: "control-plane", user } }],
    "current-context": "control-plane",
  });

/** The policy of the audit log: who did what, with annotations, one line for each request when it is done. */
export const auditPolicy = JSON.stringify({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
});
