import type { Transition } from "../../engine/transition.ts";
import type { EndpointClass } from "../../engine/endpoint-class.ts";
import { rulePorts } from "../../engine/reach.ts";
import type { ClusterState } from "../../engine/state.ts";
import { touchedClasses } from "../../engine/touched.ts";
import { changeText, classText } from "../../engine/words.ts";
import type { Policy, Rule } from "../../model/policies.ts";
import { hasPort, noPorts, type PortSet } from "../../model/ports.ts";
import { canonicalSelector } from "../../model/selectors.ts";
import type { Advice, LintCheck } from "./check.ts";

/** Name look-ups: UDP first, TCP only for answers that are too long for it (RFC 7766). */
const DNS = { protocol: 17, port: 53 } as const;

/** What is left of a pod's egress: everything, some of it with or without name look-ups, or nothing. */
type Egress = "open" | "dns" | "no-dns" | "nothing";

/** Every set of ports that a rule may open: by number, and by name on each pod that it names. */
function* portsOf(state: ClusterState, rule: Rule, tick: () => void): Iterable<PortSet> {
  yield rule.ports;
  if (rule.portNames.length === 0) return;
  for (const peer of rule.peers ?? [])
    if (peer.kind === "endpoints")
      for (const endpoint of state.select(peer.endpoints)) {
        tick();
        yield rulePorts(rule, { kind: "class", endpoint, address: undefined });
      }
}

const egressUnder = (state: ClusterState, policies: readonly Policy[], tick: () => void): Egress => {
  const egress = policies.filter((policy) => policy.egress !== undefined);
  if (egress.length === 0) return "open";
  let left: Egress = "nothing";
  for (const rule of egress.flatMap((policy) => policy.egress ?? []))
    if (rule.action === "allow" || rule.action === "pass")
      for (const ports of portsOf(state, rule, tick)) {
        if (hasPort(ports, DNS.protocol, DNS.port)) return "dns";
        if (!noPorts(ports)) left = "no-dns";
      }
  return left;
};

const egressOf = (state: ClusterState, cls: EndpointClass, tick: () => void): Egress =>
  egressUnder(
    state,
    state.governing(cls, "egress").flatMap(({ policies }) => policies),
    tick,
  );

/** Policies that select whatever this one selects, itself among them. */
const companions = (state: ClusterState, { ref, subject }: Policy): readonly Policy[] =>
  state
    .policiesIn(ref.namespace)
    .filter(
      ({ subject: { pods } }) => pods.kind === "all" || canonicalSelector(pods) === canonicalSelector(subject.pods),
    );

/** A pod without egress has no use for names, unless it had them before; then it is worth a word once. */
const isForgotten = (now: Egress, then: Egress | undefined): boolean =>
  now === "no-dns" || (now === "nothing" && (then === "open" || then === "dns"));

const FIX =
  "allow egress to the DNS pods (namespace kube-system, k8s-app: kube-dns) on port 53 of UDP and TCP; " +
  "a ports item without protocol means TCP";

const advice = ({ change }: Transition, who: string, standing: Advice["standing"], more: number): Advice => ({
  message: `${changeText(change)} ${change.type === "endpoint" ? "has no" : `leaves ${who} without`} egress to UDP port 53: names cannot be looked up`,
  fix: FIX,
  fields: change.type === "policy" ? [{ ref: change.ref, path: "spec.egress" }] : undefined,
  standing,
  more,
});

/** The policy by itself, as if it selected a pod, together with those that would select that pod too. */
const ofImaginedPod = (transition: Transition): readonly Advice[] => {
  const { before, after, change, tick } = transition;
  const policy = after.policy(change.ref);
  if (policy?.egress === undefined || egressUnder(after, companions(after, policy), tick) !== "no-dns") return [];
  const old = before.policy(change.ref);
  const was = old !== undefined && egressUnder(before, companions(before, old), tick) === "no-dns";
  return [advice(transition, "the pods it selects", was ? "existing" : "new", 0)];
};

/** Fields: egress of all policies together. Finds: pods that may go out, or might before, but not to port 53 of UDP. */
export const dnsEgress: LintCheck = {
  name: "dns-egress",
  find: (transition) => {
    const { before, after, change, tick } = transition;
    const touched = touchedClasses(transition, "egress").filter(({ hostNetwork }) => !hostNetwork);
    if (touched.length === 0) return change.type === "policy" ? ofImaginedPod(transition) : [];
    const found = touched.flatMap((cls) => {
      const now = egressOf(after, cls, tick);
      const origin = after.origin(cls);
      const then = origin && egressOf(before, origin, tick);
      return isForgotten(now, then) ? [{ cls, standing: now === then ? ("existing" as const) : ("new" as const) }] : [];
    });
    return [...Map.groupBy(found, ({ standing }) => standing)].flatMap(([standing, [first, ...others]]) =>
      first === undefined ? [] : [advice(transition, classText(first.cls), standing, others.length)],
    );
  },
};
