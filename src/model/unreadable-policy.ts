import type { ObjectRef } from "./objects.ts";
import { DEFAULT_TIER, type Policy, type Rule } from "./policies.ts";
import { ALL_PORTS } from "./ports.ts";
import { ALL } from "./selectors.ts";

/** A stored policy that cannot be understood: it may select any pod of its namespace and may allow anything. */
export const unreadablePolicy = (ref: ObjectRef, reason: string): Policy => {
  const anything: Rule = {
    action: "allow",
    peers: [{ kind: "unknown", reason, path: "spec" }],
    ports: ALL_PORTS,
    portNames: [],
    path: "spec",
  };
  return {
    ref,
    tier: DEFAULT_TIER,
    order: 1000,
    subject: { namespace: ref.namespace, namespaces: ALL, pods: { kind: "unknown", reason } },
    ingress: [anything],
    egress: [anything],
    terminating: false,
    problems: [reason],
  };
};
