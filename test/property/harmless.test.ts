import fc from "fast-check";
import { expect, it } from "vitest";
import type { ClusterIndex } from "../../src/engine/cluster-index.ts";
import { judge } from "../../src/guard/guard.ts";
import type { GuardSettings } from "../../src/guard/settings.ts";
import type { Change } from "../../src/guard/change.ts";
import type { Pod } from "../reference/manifests.ts";
import { configured } from "../unit/guard/requests.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { stepsFrom } from "./steps.ts";
import { applyTo, compile, indexOf, replacementOf } from "./world.ts";

// What is remembered of the last pod of a kind must never change what is said of the next one.

const CONFIGURATION = `
podCIDRs: [10.0.0.0/8]
rules:
  - {name: deny, type: require-default-deny}
  - {name: blocks, type: restrict-ip-blocks, direction: Ingress, mustExclude: [10.0.0.0/8]}
  - name: path
    type: forbidden-path
    from: {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}
    to: {namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}}
  - name: from-outside
    type: forbidden-path
    from: {external: true}
    to: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}
  - name: guarded
    type: only-allowed-paths
    to: {namespaceSelector: {}, podSelector: {matchLabels: {tier: ""}}}
    from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: b}}}]
  - name: needed
    type: required-path
    from: {namespaceSelector: {}, podSelector: {matchLabels: {app: b}}}
    to: {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}
    ports: [{protocol: TCP, port: 80}]
  - {name: host, type: forbid-host-network}
`;

/** The creation of one more pod like this one, before it has an address. */
const oneMore = (pod: Pod, name: string): Change => {
  const object = compile({ ...pod, metadata: { ...pod.metadata, name }, status: {} });
  return {
    operation: "CREATE",
    ref: object.ref,
    type: object.type,
    object,
    old: undefined,
    dryRun: false,
    requester: { name: "someone", groups: [] },
  };
};

const said = (index: ClusterIndex, change: Change, settings: GuardSettings): unknown => {
  const verdict = judge(index, change, settings, () => undefined, []);
  return verdict.kind === "undecided" ? verdict.cause : verdict;
};

it("the next pod of a kind is judged as if none had come before", () => {
  const histories = crowdedClusters({ maxPolicies: 4 }).chain((objects) =>
    fc.tuple(fc.constant(objects), stepsFrom(objects, 6), fc.infiniteStream(fc.boolean())),
  );
  const settings = configured(CONFIGURATION);
  let same = 0;
  fc.assert(
    fc.property(histories, ([objects, steps, isKept]) => {
      const index = indexOf(objects);
      const pods = objects.filter((object): object is Pod => object.kind === "Pod");
      for (const [turn, { change }] of steps.entries()) {
        for (const [at, pod] of pods.entries()) {
          const next = oneMore(pod, `more-${String(turn)}-${String(at)}`);
          const now = said(index, next, settings);
          expect(said(index, next, settings)).toEqual(now);
          expect(now).toEqual(said(index, next, { ...settings }));
          same++;
          if (isKept.next().value === true) applyTo(index, next);
        }
        applyTo(index, replacementOf(change));
      }
    }),
    runs(60),
  );
  expect(same).toBeGreaterThan(0);
});
