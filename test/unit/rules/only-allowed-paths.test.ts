import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import type { Transition } from "../../../src/engine/transition.ts";
import { areTwo } from "../../../src/engine/delta.ts";
import { matchesAnyNetwork, type EndpointClass } from "../../../src/engine/endpoint-class.ts";
import { addressReach } from "../../../src/engine/grants.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { classReach } from "../../../src/engine/reach.ts";
import type { ClusterState } from "../../../src/engine/state.ts";
import { NO_ADDRESSES, type AddressSet } from "../../../src/model/addresses.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { intersectPorts, NO_PORTS, noPorts, portRange, subtractPorts, unionPorts } from "../../../src/model/ports.ts";
import { onlyAllowedPaths } from "../../../src/rules/only-allowed-paths.ts";
import { crowdedClusters } from "../../property/crowded-clusters.ts";
import { runs } from "../../property/runs.ts";
import { SELECTORS } from "../../property/state-text.ts";
import { indexOf, podsOf, replacementOf, transitionOf } from "../../property/world.ts";
import { applyChange } from "../../reference/changes.ts";
import { changes } from "../../reference/generate-changes.ts";
import { changeOf, stateOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

describe("its options", () => {
  it("name endpoints to be guarded, and any ends to be let in, none of them as well", () => {
    expect(refusalOf("only-allowed-paths", "to: {}", "from: []")).toBe("no error");
    expect(refusalOf("only-allowed-paths", "to: {}", "from: [{}, { external: true }]")).toBe("no error");
    expect(refusalOf("only-allowed-paths", "from: []", "to: { external: true }")).toMatch(/^2: to: expected selectors/);
    expect(refusalOf("only-allowed-paths", "to: {}")).toMatch(/from: expected array, found nothing/);
  });
});

const PORTS = unionPorts(portRange(6, 80, 81), portRange(17, 53, 53));

interface Ends {
  readonly to: EndpointSelector;
  readonly from: readonly EndpointSelector[];
}

const classOf = (state: ClusterState, pod: string): EndpointClass | undefined => {
  const [namespace = "", name = ""] = pod.split("/");
  return state.classOf({ kind: "Pod", namespace, name });
};

const isEnd = (selector: EndpointSelector, cls: EndpointClass): boolean => matchesAnyNetwork(selector, cls) === true;

/** What passes and should not, from one pod to another. */
const trespass = (state: ClusterState, ends: Ends, from: string, to: string) => {
  const [source, destination] = [classOf(state, from), classOf(state, to)];
  if (source === undefined || destination === undefined || source.hostNetwork || destination.hostNetwork)
    return NO_PORTS;
  if (!isEnd(ends.to, destination) || ends.from.some((end) => isEnd(end, source))) return NO_PORTS;
  return areTwo(source, destination) ? intersectPorts(classReach(state, source, destination).ports, PORTS) : NO_PORTS;
};

/** Whether addresses reach a pod that is guarded where they did not before. */
const isOpened = ({ before, after }: Transition, { to }: Ends, pod: string): boolean => {
  const open = (state: ClusterState): AddressSet => {
    const cls = classOf(state, pod);
    if (cls === undefined || cls.hostNetwork || !isEnd(to, cls)) return NO_ADDRESSES;
    const grant = addressReach(state, cls, "ingress", () => undefined).find(({ ports }) =>
      noPorts(subtractPorts(portRange(17, 53, 53), ports)),
    );
    return grant?.addresses ?? NO_ADDRESSES;
  };
  const [then, now] = [open(before), open(after)];
  return now.ipv4.length > 0 && then.ipv4.length === 0;
};

const selector = fc.constantFrom(...SELECTORS);
const cases = crowdedClusters().chain((objects) =>
  fc.tuple(
    fc.constant(objects),
    changes(objects, { hostBits: true }),
    fc.record<Ends>({ to: selector, from: fc.array(selector, { maxLength: 2 }) }),
  ),
);

const judge = ({ to, from }: Ends, transition: Transition, addresses: boolean) => {
  const ends = from.map((endpoints) => ({ kind: "endpoints", endpoints }));
  const outside = addresses ? [] : [{ kind: "external" }];
  const rule = onlyAllowedPaths.compile({ to, from: [...ends, ...outside], ports: PORTS }, { podCIDRs: NO_ADDRESSES });
  return rule
    .judge(transition, NO_PRECEDENTS)
    .filter(({ kind, standing }) => kind === "violation" && standing !== "existing");
};

it("finds something where looking at every pair of pods before and after does, and nowhere else", () => {
  fc.assert(
    fc.property(cases, ([objects, change, ends]) => {
      const index = indexOf(objects);
      for (const end of [ends.to, ...ends.from]) index.set(end);
      const transition = transitionOf(index, replacementOf(change));
      if (change.operation === "DELETE" && transition.change.type === "endpoint") return;
      const { before, after } = transition;
      const pods = [...new Set([...podsOf(objects), ...podsOf(applyChange(objects, change))])];
      const opened = pods.some((from) =>
        pods.some(
          (to) =>
            from !== to && !noPorts(subtractPorts(trespass(after, ends, from, to), trespass(before, ends, from, to))),
        ),
      );
      expect(judge(ends, transition, false).length > 0).toBe(opened);
      if (pods.some((pod) => isOpened(transition, ends, pod)))
        expect(judge(ends, transition, true).length).toBeGreaterThan(0);
    }),
    runs(600),
  );
});

it("costs little where the rule has no end", () => {
  const pods = Array.from(
    { length: 200 },
    (_, i) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: p${String(i)}, namespace: n${String(i % 20)}, labels: { app: a${String(i)} } }, status: { phase: Running } }`,
  );
  const policies = Array.from(
    { length: 20 },
    (_, i) =>
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: d, namespace: n${String(i)} }, spec: { podSelector: { matchExpressions: [{ key: app, operator: Exists }] }, policyTypes: [Ingress, Egress] } }`,
  );
  const state = stateOf([...pods, ...policies].join("\n---\n"));
  const rule = ruleWith("only-allowed-paths", "to: { namespaces: [n1] }", "from: []");
  for (const end of rule.ends) state.set(end);
  const change = changeOf(
    "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: x, namespace: n2 }, spec: { policyTypes: [Ingress, Egress], ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ podSelector: {} }] }] } }",
  );
  let ticks = 0;
  const found = rule.judge(
    { before: state, after: withChange(state, change), change, tick: () => ticks++ },
    NO_PRECEDENTS,
  );
  expect(found).toEqual([]);
  expect(ticks).toBeLessThan(50);
});
