import fc from "fast-check";
import { expect, it } from "vitest";
import { reachOfAny, shortfalls } from "../../src/engine/closures.ts";
import type { Path, Transition } from "../../src/engine/transition.ts";
import type { ClusterState } from "../../src/engine/state.ts";
import {
  ALL_PORTS,
  intersectPorts,
  noPorts,
  portRange,
  portsText,
  subtractPorts,
  type PortSet,
} from "../../src/model/ports.ts";
import { applyChange } from "../reference/changes.ts";
import { changes } from "../reference/generate-changes.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { oddClusters } from "./odd-clusters.ts";
import { runs } from "./runs.ts";
import { SELECTORS } from "./state-text.ts";
import { indexOf, memberNames, podsOf, replacementOf, transitionOf } from "./world.ts";

const tick = (): void => undefined;
const lineOf = (pod: string, closed: PortSet, unsure: PortSet): readonly string[] =>
  noPorts(closed) && noPorts(unsure) ? [] : [`${pod}: ${portsText(closed)}, perhaps ${portsText(unsure)}`];

const classIn = (state: ClusterState, pod: string) => {
  const [namespace = "", name = ""] = pod.split("/");
  return state.classOf({ kind: "Pod", namespace, name });
};

/** What every source loses on a path, by asking each of them in both states. */
const lostByBruteForce = ({ before, after }: Transition, path: Path, pods: readonly string[]): readonly string[] => {
  const destinations = after.set(path.to);
  if ([...destinations.classes()].length === 0) return [];
  return pods.flatMap((pod) => {
    const [from, was] = [classIn(after, pod), classIn(before, pod)];
    if (from === undefined || from.hostNetwork || !after.set(path.from).has(from)) return [];
    const now = reachOfAny(after, from, destinations, path.ports, tick);
    const then = was === undefined ? path.ports : reachOfAny(before, was, before.set(path.to), path.ports, tick).ports;
    const lost = intersectPorts(subtractPorts(path.ports, now.ports), then);
    return lineOf(pod, subtractPorts(lost, now.unsure), intersectPorts(lost, now.unsure));
  });
};

const lostByEngine = (transition: Transition, path: Path): readonly string[] =>
  [...shortfalls(transition, path)].flatMap(({ from, closed, unsure }) =>
    memberNames(from).flatMap((pod) => lineOf(pod, closed, unsure)),
  );

const paths = fc.record<Path>({
  from: fc.constantFrom(...SELECTORS),
  to: fc.constantFrom(...SELECTORS),
  ports: fc.constantFrom(ALL_PORTS, portRange(17, 53, 53), portRange(6, 80, 443)),
});

const cases = fc
  .oneof(crowdedClusters(), oddClusters("anything"))
  .chain((objects) =>
    fc.tuple(
      fc.constant(objects),
      changes(objects, { hostBits: true }),
      fc.array(paths, { minLength: 1, maxLength: 3 }),
    ),
  )
  .filter(([, { operation, oldObject }]) => !(operation === "DELETE" && oldObject?.kind === "Pod"));

it("what a change cuts off is what asking every source before and after finds", () => {
  fc.assert(
    fc.property(cases, ([objects, change, asked]) => {
      const index = indexOf(objects);
      for (const { from, to } of asked) for (const end of [from, to]) index.set(end);
      const transition = transitionOf(index, replacementOf(change));
      const pods = podsOf(applyChange(objects, change));
      for (const path of asked)
        expect(lostByEngine(transition, path).toSorted()).toEqual(lostByBruteForce(transition, path, pods).toSorted());
    }),
    runs(400),
  );
});
