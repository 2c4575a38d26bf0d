import { defaultDeny, namespace, pod, policy } from "../objects.ts";

type Labels = Readonly<Record<string, string>>;

/** Lets the pods that `labels` names out to pods of their namespace, on one port. */
export const out = (at: string, name: string, labels: Labels, port: number, protocol = "TCP"): object =>
  policy(at, name, {
    podSelector: { matchLabels: labels },
    policyTypes: ["Egress"],
    egress: [{ to: [{ podSelector: {} }], ports: [{ protocol, port }] }],
  });

/** Lets only pods of their namespace with some labels in to those of a role. */
export const into = (at: string, name: string, role: string, ...peers: readonly Labels[]): object =>
  policy(at, name, {
    podSelector: { matchLabels: { role } },
    policyTypes: ["Ingress"],
    ingress: peers.map((matchLabels) => ({ from: [{ podSelector: { matchLabels } }] })),
  });

/** A namespace that lacks nothing: its pods may look up names and go nowhere else. */
export const quiet = (at: string, labels: Labels = {}): readonly object[] => [
  namespace(at, labels),
  defaultDeny(at, ["Egress"]),
  out(at, "names", {}, 53, "UDP"),
];

/** A frontend that may go out to the database, which lets it in where it is one of `peers`. */
export const shop = (at: string, ...peers: readonly Labels[]): readonly object[] => [
  ...quiet(at),
  out(at, "shop-out", { app: "shop" }, 3306),
  pod(at, "web", { app: "shop", role: "web" }),
  pod(at, "db", { role: "db" }),
  into(at, "db-in", "db", ...peers),
];

/** A client that gets to the registry. */
export const registry = (at: string): readonly object[] => [
  ...quiet(at),
  out(at, "client-out", { app: "client" }, 5000),
  pod(at, "client", { app: "client", role: "client" }),
  pod(at, "registry", { role: "registry" }),
];
