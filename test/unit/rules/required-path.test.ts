import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import { shortfalls } from "../../../src/engine/closures.ts";
import type { Path, Transition } from "../../../src/engine/transition.ts";
import { matchesAnyNetwork, type EndpointClass } from "../../../src/engine/endpoint-class.ts";
import { classReach } from "../../../src/engine/reach.ts";
import type { ClusterState } from "../../../src/engine/state.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import {
  intersectPorts,
  NO_PORTS,
  noPorts,
  portRange,
  portsText,
  subtractPorts,
  unionPorts,
} from "../../../src/model/ports.ts";
import { crowdedClusters } from "../../property/crowded-clusters.ts";
import { oddClusters } from "../../property/odd-clusters.ts";
import { runs } from "../../property/runs.ts";
import { SELECTORS } from "../../property/state-text.ts";
import { indexOf, memberNames, podsOf, replacementOf, transitionOf } from "../../property/world.ts";
import { applyChange } from "../../reference/changes.ts";
import { changes } from "../../reference/generate-changes.ts";
import { changeOf, stateOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

const FROM = "from: { namespaces: [shop] }";
const TO = "to: { namespaces: [kube-system] }";
const PORTS = "ports: [{ protocol: UDP, port: 53 }]";

describe("its options", () => {
  it("are the ends and at least one port", () => {
    expect(refusalOf("required-path", FROM, TO, PORTS)).toBe("no error");
    expect(refusalOf("required-path", FROM, TO)).toMatch(/: ports: expected at least one port/);
    expect(refusalOf("required-path", FROM, TO, "ports: []")).toMatch(/^3: ports: expected at least one port/);
  });

  it("name endpoints to hold, and something definite to be reached", () => {
    expect(refusalOf("required-path", "from: { cidr: 10.0.0.0/8 }", TO, PORTS)).toMatch(/^1: from: expected selectors/);
    expect(refusalOf("required-path", FROM, "to: { external: true }", PORTS)).toMatch(/^2: to: expected selectors/);
    expect(refusalOf("required-path", FROM, "to: { cidr: 10.96.0.10/32 }", PORTS)).toBe("no error");
  });
});

const isEnd = (selector: EndpointSelector, cls: EndpointClass): boolean => matchesAnyNetwork(selector, cls) !== false;

/** What a pod reaches of any pod that is a destination: as classes go, but by looking at every pod. */
const reachOf = (state: ClusterState, { to, ports }: Path, from: EndpointClass, pods: readonly string[]) => {
  const found = pods.flatMap((pod) => classOf(state, pod) ?? []).filter((cls) => isEnd(to, cls));
  const reached = isEnd(to, from) ? [{ ports, unsure: NO_PORTS }] : found.map((cls) => classReach(state, from, cls));
  const open = reached.reduce((sum, reach) => unionPorts(sum, reach.ports), NO_PORTS);
  const unsure = reached.reduce((sum, reach) => unionPorts(sum, reach.unsure), NO_PORTS);
  return { some: found.length > 0, open: intersectPorts(open, ports), unsure };
};

const classOf = (state: ClusterState, pod: string): EndpointClass | undefined => {
  const [namespace = "", name = ""] = pod.split("/");
  return state.classOf({ kind: "Pod", namespace, name });
};

/** Every pod that a change cuts off, by looking at every pod in both states. */
const byBruteForce = ({ before, after }: Transition, path: Path, pods: readonly string[]): readonly string[] =>
  pods.flatMap((pod) => {
    const from = classOf(after, pod);
    if (from === undefined || from.hostNetwork || !isEnd(path.from, from)) return [];
    const now = reachOf(after, path, from, pods);
    if (!now.some) return [];
    const was = classOf(before, pod);
    const then = was === undefined ? path.ports : reachOf(before, path, was, pods).open;
    const lost = intersectPorts(subtractPorts(path.ports, now.open), then);
    return noPorts(lost) ? [] : [`${pod} ${portsText(lost)}`];
  });

const byEngine = (transition: Transition, path: Path): readonly string[] =>
  [...shortfalls(transition, path)].flatMap(({ from, closed, unsure }) => {
    const lost = unionPorts(closed, unsure);
    return noPorts(lost) ? [] : memberNames(from).map((pod) => `${pod} ${portsText(lost)}`);
  });

const paths = fc.record<Path>({
  from: fc.constantFrom(...SELECTORS),
  to: fc.constantFrom(...SELECTORS),
  ports: fc.constantFrom(portRange(6, 80, 80), unionPorts(portRange(17, 53, 53), portRange(6, 80, 443))),
});

const cases = fc
  .oneof(crowdedClusters(), crowdedClusters(), oddClusters("anything"))
  .chain((objects) => fc.tuple(fc.constant(objects), changes(objects, { hostBits: true }), paths));

/** A pod that goes is no change of its paths: nobody is kept from deleting. */
const isDeletion = ({ change }: Transition): boolean => change.type === "endpoint" && change.object === undefined;

it("cuts off whom looking at every pod before and after finds", () => {
  fc.assert(
    fc.property(cases, ([objects, change, path]) => {
      const index = indexOf(objects);
      for (const end of [path.from, path.to]) index.set(end);
      const transition = transitionOf(index, replacementOf(change));
      const pods = [...new Set([...podsOf(objects), ...podsOf(applyChange(objects, change))])];
      if (isDeletion(transition)) return;
      expect(byEngine(transition, path).toSorted()).toEqual(byBruteForce(transition, path, pods).toSorted());
    }),
    runs(600),
  );
});

it("cuts off nobody by a change that is made already", () => {
  fc.assert(
    fc.property(cases, ([objects, change, path]) => {
      if (change.object === null) return;
      const index = indexOf(applyChange(objects, change));
      for (const end of [path.from, path.to]) index.set(end);
      const transition = transitionOf(
        index,
        replacementOf({ ...change, operation: "UPDATE", oldObject: change.object }),
      );
      expect(byEngine(transition, path)).toEqual([]);
    }),
    runs(150),
  );
});

const NAMESPACES = Array.from({ length: 50 }, (_, i) => `team-${String(i)}`);
const podOf = (namespace: string, i: number): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: p${String(i)}, namespace: ${namespace}, labels: { n: "${String(i)}" } }, status: { phase: Running } }`;
const policyOf = (namespace: string, spec: string): string =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: ${namespace} }, spec: ${spec} }`;

const STATE = stateOf(
  [
    ...NAMESPACES.flatMap((namespace) => [podOf(namespace, 1), podOf(namespace, 2)]),
    "{ apiVersion: v1, kind: Pod, metadata: { name: dns, namespace: kube-system }, status: { phase: Running } }",
  ].join("\n---\n"),
);

const judged = (yaml: string) => {
  const rule = ruleWith("required-path", "from: { namespaces: ['team-*'] }", TO, PORTS);
  for (const end of rule.ends) STATE.set(end);
  STATE.select({ namespaces: { kind: "all" }, pods: { kind: "exists", key: "n" } });
  let ticks = 0;
  const change = changeOf(yaml);
  const tick = (): number => ticks++;
  const found = rule.judge({ before: STATE, after: withChange(STATE, change), change, tick }, NO_PRECEDENTS);
  return { found, ticks };
};

describe("its cost", () => {
  it("is that of the namespace that is touched", () => {
    const { found, ticks } = judged(policyOf("team-7", "{ policyTypes: [Egress] }"));
    expect(found.map(({ message }) => message)).toEqual([
      "NetworkPolicy team-7/p would keep team-7/p1 from reaching kube-system/dns on UDP 53",
      "NetworkPolicy team-7/p would keep team-7/p2 from reaching kube-system/dns on UDP 53",
    ]);
    expect(ticks).toBeLessThan(20);
  });

  it("is nothing much where the rule has no end", () => {
    const { found, ticks } = judged(policyOf("lab", "{ policyTypes: [Ingress, Egress] }"));
    expect(found).toEqual([]);
    expect(ticks).toBeLessThan(5);
  });
});

it("words ten of those that are cut off, the first by name, and counts the rest", () => {
  const { found } = judged(policyOf("kube-system", "{ policyTypes: [Ingress] }"));
  expect(found).toHaveLength(10);
  expect(found[0]?.message).toContain("team-0/p1");
  expect(found.map(({ more }) => more)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 90]);
});
