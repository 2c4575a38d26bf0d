import { defaultDeny, namespace, pod, policy } from "../objects.ts";
import { create, type ModeCase, removePolicy, update } from "./mode-case.ts";
import { into, out, quiet } from "./worlds.ts";

const isolated = { code: "require-default-deny/default-deny" } as const;
const blocks = { code: "restrict-ip-blocks/no-open-ingress" } as const;
const habits = { code: "lint/habits" } as const;
const frozen = { code: "custom/frozen" } as const;

const denied = (at: string): readonly object[] => [namespace(at), defaultDeny(at, ["Egress"]), pod(at, "web")];

const from = (at: string, ...peers: readonly object[]): object =>
  policy(at, "in", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: peers }] });
const block = (cidr: string): object => ({ ipBlock: { cidr } });
const oneDashTooMany = [
  { namespaceSelector: { matchLabels: { team: "a" } } },
  { podSelector: { matchLabels: { role: "web" } } },
];

const isFrozen = (at: string): readonly object[] => quiet(at, { frozen: "yes" });

/** Requests that change what policies say. */
export const POLICY_CASES: readonly ModeCase[] = [
  {
    ...isolated,
    operation: "CREATE",
    what: "a pod",
    world: (at) => [namespace(at)],
    ask: (at) => create(pod(at, "web")),
  },
  {
    ...isolated,
    operation: "CREATE",
    what: "a policy",
    world: denied,
    ask: (at) => create(policy(at, "open", { podSelector: {}, policyTypes: ["Egress"], egress: [{}] })),
  },
  {
    ...isolated,
    operation: "UPDATE",
    what: "a policy",
    world: denied,
    ask: (at) => {
      const podSelector = { matchLabels: { app: "other" } };
      return update(policy(at, "default-deny", { podSelector, policyTypes: ["Egress"] }));
    },
  },
  { ...isolated, operation: "DELETE", what: "a policy", world: denied, ask: (at) => removePolicy(at, "default-deny") },
  {
    ...blocks,
    operation: "CREATE",
    what: "a policy",
    world: quiet,
    ask: (at) => create(from(at, block("0.0.0.0/0"))),
  },
  {
    ...blocks,
    operation: "UPDATE",
    what: "a policy",
    world: (at) => [...quiet(at), from(at, block("192.0.2.0/24"))],
    ask: (at) => update(from(at, block("0.0.0.0/1"), block("128.0.0.0/1"))),
  },
  { ...habits, operation: "CREATE", what: "a policy", world: quiet, ask: (at) => create(from(at, ...oneDashTooMany)) },
  {
    ...habits,
    operation: "UPDATE",
    what: "a policy",
    world: (at) => [...quiet(at), from(at, ...oneDashTooMany.slice(1))],
    ask: (at) => update(from(at, ...oneDashTooMany)),
  },
  {
    ...habits,
    operation: "DELETE",
    what: "a policy",
    world: (at) => [...quiet(at), out(at, "web-out", { role: "web" }, 3306), pod(at, "web", { role: "web" })],
    ask: (at) => removePolicy(at, "names"),
  },
  { ...frozen, operation: "CREATE", what: "a policy", world: isFrozen, ask: (at) => create(into(at, "in", "db")) },
  {
    ...frozen,
    operation: "UPDATE",
    what: "a policy",
    world: (at) => [...isFrozen(at), into(at, "in", "db")],
    ask: (at) => update(into(at, "in", "web")),
  },
  {
    ...frozen,
    operation: "DELETE",
    what: "a policy",
    world: (at) => [...isFrozen(at), into(at, "in", "db")],
    ask: (at) => removePolicy(at, "in"),
  },
];
