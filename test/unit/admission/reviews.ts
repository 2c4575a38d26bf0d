import type { Reply } from "./running-guard.ts";

/** Frontend must not reach the database; nothing isolates anybody. */
export const PATH_RULE = `
rules:
  - name: db-not-from-frontend
    type: forbidden-path
    from: { podSelector: { matchLabels: { app: frontend } } }
    to: { podSelector: { matchLabels: { role: db } } }
`;

/** A database that runs in the namespace shop. */
export const DATABASE = `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: db, labels: { role: db } }
status: { phase: Running }
`;

/** A pod as clients send it. */
export const pod = (labels: Readonly<Record<string, string>>, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "shop", name: "web", labels, ...more },
  spec: { containers: [{ name: "web", image: "web" }] },
});

/** One that PATH_RULE refuses beside DATABASE, and one that it does not. */
export const BAD_POD = pod({ app: "frontend" });
export const GOOD_POD = pod({ app: "backend" });

export const UID = "5f3bd1f5-6e6e-4b8f-9e0e-0d0d5b9f7a11";

/** The request part of a review that creates BAD_POD, but for what is given. */
export const requestFor = (different: object = {}): object => ({
  uid: UID,
  kind: { group: "", version: "v1", kind: "Pod" },
  resource: { group: "", version: "v1", resource: "pods" },
  requestKind: { group: "", version: "v1", kind: "Pod" },
  requestResource: { group: "", version: "v1", resource: "pods" },
  name: "web",
  namespace: "shop",
  operation: "CREATE",
  userInfo: { username: "somebody", groups: ["system:authenticated"] },
  object: BAD_POD,
  oldObject: null,
  dryRun: false,
  options: null,
  ...different,
});

/** A review as the API server sends it. */
export const reviewFor = (different: object = {}): string =>
  JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: requestFor(different) });

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** The response of a review that was answered; throws with what came instead. */
export const responseOf = (reply: Reply): Response => {
  if (reply.status !== 200) throw new Error(`expected 200, found ${reply.status}: ${reply.text}`);
  return (JSON.parse(reply.text) as { readonly response: Response }).response;
};
