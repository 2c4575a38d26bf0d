import type { ObjectRef } from "../model/objects.ts";
import type { Direction, Peer, Policy, Rule } from "../model/policies.ts";
import { hasPort } from "../model/ports.ts";
import { matchesClass } from "./endpoint-class.ts";
import { directionReach, peerMatches, ruleMatches, rulePorts, type End } from "./reach.ts";
import type { ClusterState } from "./state.ts";

/** One destination port of one protocol number. */
export interface Port {
  readonly protocol: number;
  readonly port: number;
}

/** Why one direction answers as it does: the rule that decided, or why none did. */
export type Witness =
  | { readonly kind: "not-selected" }
  | { readonly kind: "rule"; readonly policy: ObjectRef; readonly path: string; readonly action: Rule["action"] }
  | { readonly kind: "isolated"; readonly policies: readonly ObjectRef[] }
  | { readonly kind: "undecided"; readonly policy: ObjectRef; readonly reason: string }
  | { readonly kind: "outside" }
  | { readonly kind: "local" }
  | { readonly kind: "finished" };

/** What one direction says of one port, and why. */
export interface Explanation {
  readonly allowed: boolean | "undecided";
  readonly witness: Witness;
}

const matchingPeer = (rule: Rule, other: End): Peer | undefined =>
  rule.peers?.find((peer) => peerMatches(peer, other) === true);

const undecidedBy = (policies: readonly Policy[]): Witness | undefined => {
  const policy = policies.find(({ problems }) => problems.length > 0);
  return policy && { kind: "undecided", policy: policy.ref, reason: policy.problems.join("; ") };
};

/** Explains what `directionReach` says of one port. */
const explainDirection = (
  state: ClusterState,
  subject: End,
  direction: Direction,
  other: End,
  at: Port,
): Explanation => {
  if (subject.kind === "address") return { allowed: true, witness: { kind: "outside" } };
  const reach = directionReach(state, subject, direction, other);
  const governing = state.governing(subject.endpoint, direction);
  const policies = governing.flatMap((stage) => stage.policies);
  if (hasPort(reach.unsure, at.protocol, at.port)) {
    return { allowed: "undecided", witness: undecidedBy(policies) ?? { kind: "not-selected" } };
  }
  const allowed = hasPort(reach.ports, at.protocol, at.port);
  const destination = direction === "ingress" ? subject : other;
  for (const { tier, policies: inTier } of governing) {
    let passed = false;
    for (const policy of inTier) {
      if (passed || matchesClass(policy.subject, subject.endpoint) !== true) continue;
      const rule = policy[direction]?.find(
        (candidate) =>
          candidate.action !== "log" &&
          ruleMatches(candidate, other) === true &&
          hasPort(rulePorts(candidate, destination), at.protocol, at.port),
      );
      if (rule === undefined) continue;
      if (rule.action === "pass") passed = true;
      else
        return {
          allowed,
          witness: {
            kind: "rule",
            policy: policy.ref,
            path: matchingPeer(rule, other)?.path ?? rule.path,
            action: rule.action,
          },
        };
    }
    if (!passed && tier.otherwise === "deny")
      return { allowed, witness: { kind: "isolated", policies: inTier.map(({ ref }) => ref) } };
  }
  return { allowed, witness: { kind: "not-selected" } };
};

/** Explains both directions of a packet. */
export const explainPacket = (
  state: ClusterState,
  from: End,
  to: End,
  at: Port,
): { readonly allowed: boolean | "undecided"; readonly egress: Explanation; readonly ingress: Explanation } => {
  const egress = explainDirection(state, from, "egress", to, at);
  const ingress = explainDirection(state, to, "ingress", from, at);
  const allowed =
    egress.allowed === false || ingress.allowed === false
      ? false
      : egress.allowed === "undecided" || ingress.allowed === "undecided"
        ? "undecided"
        : true;
  return { allowed, egress, ingress };
};
