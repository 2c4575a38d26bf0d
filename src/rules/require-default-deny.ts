import { z } from "zod";
import { coverageOf, searchLabels, type Coverage } from "../engine/coverage.ts";
import type { Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { blockGrants, imaginedSubject, portSegments, speaksOfAddresses, type Grant } from "../engine/grants.ts";
import type { ClusterState } from "../engine/state.ts";
import { changeText } from "../engine/words.ts";
import { addressCount, prefixCount, unionOfAddresses } from "../model/addresses.ts";
import { refText, type Endpoint } from "../model/objects.ts";
import type { Direction, Policy } from "../model/policies.ts";
import { intersectPorts, noPorts, portRange, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import { direction } from "./options.ts";
import { caseOf, type Precedents } from "./precedents.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

/** How a namespace stands in one direction. */
interface Isolation {
  /** Labels that a pod could have and no policy would isolate; undefined if there are none. */
  readonly gap: string | undefined;
  /** Policies that together let everybody in or out of all pods; empty if there are none. */
  readonly opening: readonly Policy[];
}

/** TCP, UDP and SCTP: nobody needs more to be let in. */
const TRANSPORTS: PortSet = [6, 17, 132].map((protocol) => portRange(protocol, 1, 65535)).reduce(unionPorts);

/** Whether grants together, on whichever ports, hold every address of a family. */
const isEverybody = (grants: readonly Grant[]): boolean => {
  const union = unionOfAddresses(grants.map(({ addresses }) => addresses));
  return (["ipv4", "ipv6"] as const).some((family) => addressCount(union, family) === prefixCount(family, 0));
};

/** Whether policies that select one pod together let everybody through to it on every port. */
const letEverybody = (policies: readonly Policy[], way: Direction, state: ClusterState, tick: () => void): boolean => {
  const [first] = policies;
  if (first === undefined) return false;
  const grants = blockGrants(policies, way, imaginedSubject(policies, state.namespace(first.ref.namespace)));
  if (!isEverybody(grants)) return false;
  return portSegments(
    grants.map(({ ports }) => ports),
    tick,
  ).every((segment) => {
    tick();
    if (noPorts(intersectPorts(segment, TRANSPORTS))) return true;
    return isEverybody(grants.filter(({ ports }) => noPorts(subtractPorts(segment, ports))));
  });
};

/** Whether every pod there can be is open to everybody on every port, whichever of the policies select it. */
const opensAll = (policies: readonly Policy[], way: Direction, state: ClusterState, tick: () => void): boolean => {
  if (policies.length === 0) return false;
  const known = new Map<string, boolean>();
  const open = (matching: readonly number[]): boolean => {
    const key = matching.join();
    const answer =
      known.get(key) ??
      letEverybody(
        policies.filter((_, index) => matching.includes(index)),
        way,
        state,
        tick,
      );
    known.set(key, answer);
    return answer;
  };
  if (!open([...policies.keys()])) return false;
  return (
    searchLabels(
      policies.map(({ subject }) => subject.pods),
      open,
    ).kind !== "missed"
  );
};

/** By the list of a namespace's policies, which is a new one whenever one of them changes. */
const isolations = new WeakMap<readonly Policy[], Map<Direction, Isolation>>();

const isolationOf = (state: ClusterState, namespace: string, way: Direction, tick: () => void): Isolation => {
  const all = state.policiesIn(namespace);
  const known = isolations.get(all) ?? new Map<Direction, Isolation>();
  isolations.set(all, known);
  const isolation = known.get(way) ?? computeIsolation(state, all, way, tick);
  known.set(way, isolation);
  return isolation;
};

const computeIsolation = (state: ClusterState, all: readonly Policy[], way: Direction, tick: () => void): Isolation => {
  const policies = all.filter((policy) => policy[way] !== undefined);
  const covered = coverageOf(policies.map(({ subject }) => subject.pods));
  const speaking = policies.filter((policy) => policy[way]?.some(speaksOfAddresses) === true);
  return { gap: gapText(covered), opening: opensAll(speaking, way, state, tick) ? speaking : [] };
};

const gapText = (coverage: Coverage): string | undefined => {
  switch (coverage.kind) {
    case "all":
      return undefined;
    case "given-up":
      return "some label set, which could not be found in time,";
    case "missed":
      return [...coverage.labels].map(([key, value]) => `${key}=${value}`).join(",") || "no label";
  }
};

const holds = (isolation: Isolation): boolean => isolation.gap === undefined && isolation.opening.length === 0;

const isEffective = (state: ClusterState, cls: EndpointClass, way: Direction, isolation: Isolation): boolean =>
  isolation.opening.length === 0 && state.governing(cls, way).length > 0;

/** Workloads whose pods the state knows by their template, and so knows when they are gone. */
const KNOWN_OWNERS: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "/ReplicationController",
  "batch/Job",
  "batch/CronJob",
]);

/** Whether what made an endpoint is gone or going, so that the endpoint will be too. */
const isOrphan = (state: ClusterState, { ref, owner, workload }: Endpoint): boolean => {
  if (owner === undefined || !KNOWN_OWNERS.has(`${owner.group}/${owner.kind}`)) return false;
  const at = (kind: string, name: string): Endpoint | undefined =>
    state.endpoint({ kind, namespace: ref.namespace, name });
  const slash = workload.indexOf("/");
  const byUid = at(owner.kind, owner.name);
  const above = workload.startsWith("Deployment/") ? at("Deployment", workload.slice(slash + 1)) : undefined;
  const made = byUid?.uid === owner.uid ? byUid : above;
  return made === undefined || made.terminating;
};

const countsForIsolation = (state: ClusterState, cls: EndpointClass): boolean =>
  !cls.hostNetwork &&
  !cls.mirror &&
  Iterator.from(cls.members()).some((member) => !member.terminating && !isOrphan(state, member));

/** The direction as its holders say it. */
const WORDS = { ingress: { end: "in to", name: "ingress" }, egress: { end: "out of", name: "egress" } } as const;

const violation = (
  standing: Standing,
  message: string,
  way: Direction,
  isolation: Isolation,
  namespace: string,
): Violation => ({
  kind: "violation",
  standing,
  curable: isolation.gap !== undefined,
  message,
  details: [
    isolation.gap === undefined
      ? `${isolation.opening.map(({ ref }) => refText(ref)).join(", ")} let everybody ${WORDS[way].end} every pod of ${namespace}`
      : `no policy isolates a pod with ${isolation.gap} for ${way}`,
  ],
  fix:
    isolation.gap === undefined
      ? `remove the rule that names everybody, and allow only who must get ${WORDS[way].end} the pods`
      : `keep a NetworkPolicy in ${namespace} with podSelector {} and policyTypes [${way === "ingress" ? "Ingress" : "Egress"}]`,
  more: 0,
});

/** Whether a policy only comes, and with nothing for everybody: then a namespace is isolated no worse. */
const onlyAdds = ({ before, after, change }: Transition, way: Direction): boolean =>
  before.policy(change.ref) === undefined && after.policy(change.ref)?.[way]?.some(speaksOfAddresses) !== true;

const judgePolicy = (transition: Transition, way: Direction): readonly Violation[] => {
  const { before, after, change, tick } = transition;
  const { namespace } = change.ref;
  const old = isolationOf(before, namespace, way, tick);
  if (holds(old) && onlyAdds(transition, way)) return [];
  const isolation = computeIsolation(after, after.policiesIn(namespace), way, tick);
  if (holds(isolation) || after.namespace(namespace).terminating) return [];
  const counted = [...after.classesIn(namespace)].filter((cls) => countsForIsolation(after, cls));
  if (counted.length === 0) return [];
  const worse =
    holds(old) || counted.some((cls) => isEffective(before, cls, way, old) && !isEffective(after, cls, way, isolation));
  const message = worse
    ? `${changeText(change)} would leave namespace ${namespace} without a default-deny for ${way} while pods are there`
    : `namespace ${namespace} has no default-deny for ${way}, as before this change`;
  const found = violation(worse ? "new" : "existing", message, way, isolation, namespace);
  return [{ ...found, fields: [{ ref: change.ref, path: "spec" }] }];
};

const judgeEndpoint = (
  { before, after, change, tick }: Transition,
  way: Direction,
  precedents: Precedents,
): readonly Violation[] => {
  const cls = after.classOf(change.ref);
  if (cls === undefined || cls.hostNetwork || change.object?.type !== "endpoint") return [];
  const { namespace } = change.ref;
  const isolation = isolationOf(after, namespace, way, tick);
  if (holds(isolation) || after.namespace(namespace).terminating) return [];
  const origin = after.origin(cls);
  const slipsOut =
    origin !== undefined && isEffective(before, origin, way, isolation) && !isEffective(after, cls, way, isolation);
  const computed: Standing =
    origin !== undefined && !slipsOut
      ? "existing"
      : before.runningTwins(change.object.endpoint).length > 0
        ? "known"
        : "new";
  const standing = precedents.standing(computed, caseOf(cls, way));
  const message = `${changeText(change)} would run in namespace ${namespace}, which has no default-deny for ${way}`;
  return [violation(standing, message, way, isolation, namespace)];
};

/**
 * Fields: spec.podSelector, spec.policyTypes and the rules of all policies of a namespace together. Passes: every pod
 * there, and one with any labels that may come, is isolated in each direction, and no policy lets everybody through to
 * all pods; or the namespace is empty, or it was no better before.
 */
export const requireDefaultDeny = defineRule({
  type: "require-default-deny",
  summary: "Every pod of a namespace, and one with any labels that may come, is isolated in each direction.",
  options: {
    directions: z
      .array(direction)
      .min(1)
      .default(["ingress", "egress"])
      .describe("Directions in which pods are isolated; default: both."),
  },
  compile: ({ directions }) => ({
    ends: [],
    byClass: true,
    dependsOnReachability: true,
    judge: (transition, precedents) => {
      if (transition.change.type === "namespace") return [];
      const judge = transition.change.type === "policy" ? judgePolicy : judgeEndpoint;
      return directions.flatMap((way) => judge(transition, way, precedents));
    },
  }),
});
