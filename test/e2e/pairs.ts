import { defaultDeny, namespace, pod, policy } from "./objects.ts";

/** A request of the API. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** A request that is legal without the other one of its pair, and what takes it back. */
export interface Half {
  readonly ask: Request;
  readonly undo: Request;
}

/** Nobody in from-… may get to anybody in to-…. */
export const RACE_CONFIG: object = {
  apiVersion: "netpol-guard.io/v1alpha1",
  kind: "GuardConfiguration",
  rules: [
    { name: "default-deny", type: "require-default-deny" },
    { name: "sealed", type: "forbidden-path", from: { namespaces: ["from-*"] }, to: { namespaces: ["to-*"] } },
  ],
};

const at = (end: "from" | "to", lane: number): string => `${end}-${String(lane)}`;
const named = (name: string, labels: object = {}): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name, ...labels } },
});
const withRole = (role: string): { readonly podSelector: object } => ({ podSelector: { matchLabels: { role } } });

const out = (lane: number, name: string, podSelector: object): object =>
  policy(at("from", lane), name, { podSelector, policyTypes: ["Egress"], egress: [{ to: [named(at("to", lane))] }] });
const into = (lane: number, peer: object): object =>
  policy(at("to", lane), "in", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [peer] }] });

/** Two namespaces between which no pair is open: one of their ends is closed, or lacks its label, or is not there. */
export const worldOf = (lane: number): readonly object[] => [
  ...[at("from", lane), at("to", lane)].flatMap((name) => [namespace(name), defaultDeny(name)]),
  pod(at("from", lane), "closed", { role: "closed" }),
  pod(at("from", lane), "free", { role: "free" }),
  pod(at("to", lane), "db"),
  out(lane, "free-out", { matchExpressions: [{ key: "role", operator: "In", values: ["free", "late"] }] }),
  out(lane, "out-to-meet", { matchExpressions: [{ key: "meeting", operator: "Exists" }] }),
];

const created = (collection: string, name: string, body: object): Half => ({
  ask: { method: "POST", path: collection, body },
  undo: { method: "DELETE", path: `${collection}/${name}` },
});
const policies = (name: string): string => `/apis/networking.k8s.io/v1/namespaces/${name}/networkpolicies`;
const takenIn = (lane: number, peer: object): Half => created(policies(at("to", lane)), "in", into(lane, peer));
const labelled = (lane: number, open: string | null): Request => ({
  method: "PATCH",
  path: `/api/v1/namespaces/${at("from", lane)}`,
  body: { metadata: { labels: { open } } },
});

const MAKERS: readonly ((lane: number, round: number) => readonly [Half, Half])[] = [
  (lane) => [
    created(policies(at("from", lane)), "out", out(lane, "out", withRole("closed").podSelector)),
    takenIn(lane, { ...named(at("from", lane)), ...withRole("closed") }),
  ],
  (lane) => [
    { ask: labelled(lane, "yes"), undo: labelled(lane, null) },
    takenIn(lane, { ...named(at("from", lane), { open: "yes" }), ...withRole("free") }),
  ],
  (lane, round) => {
    const name = `late-${String(round)}`;
    const pods = `/api/v1/namespaces/${at("from", lane)}/pods`;
    return [
      created(pods, name, pod(at("from", lane), name, { role: "late" })),
      takenIn(lane, { ...named(at("from", lane)), ...withRole("late") }),
    ];
  },
];

/** A policy that lets somebody in, and another policy, a label of a namespace or a pod: in turns, now one and now the other first. */
export const pairOf = (round: number, lane: number): readonly Half[] => {
  const make = MAKERS[round % MAKERS.length];
  const pair = make?.(lane, round) ?? [];
  return round % 2 === 0 ? pair : pair.toReversed();
};

/** Lets two pods meet that are not there yet. */
export const meetingOf = (round: number, lane: number): Request => {
  const podSelector = { matchLabels: { meeting: String(round) } };
  const ingress = [{ from: [{ ...named(at("from", lane)), podSelector }] }];
  const body = policy(at("to", lane), `meeting-${String(round)}`, { podSelector, policyTypes: ["Ingress"], ingress });
  return { method: "POST", path: policies(at("to", lane)), body };
};

/** The two pods of a meeting, now the one and now the other first. */
export const meetersOf = (round: number, lane: number): readonly object[] => {
  const pods = [at("from", lane), at("to", lane)].map((name) =>
    pod(name, `meeter-${String(round)}`, { meeting: String(round) }),
  );
  return round % 2 === 0 ? pods : pods.toReversed();
};
