import { newlyReachable } from "../../src/engine/delta.ts";
import type { Path, Transition } from "../../src/engine/transition.ts";
import { matchesAnyNetwork, type EndpointClass } from "../../src/engine/endpoint-class.ts";
import { classReach, type Reach } from "../../src/engine/reach.ts";
import type { ClusterState } from "../../src/engine/state.ts";
import type { EndpointSelector } from "../../src/model/policies.ts";
import { intersectPorts, NO_PORTS, noPorts, portsText, subtractPorts, unionPorts } from "../../src/model/ports.ts";
import { memberNames } from "./world.ts";

const CLOSED: Reach = { ports: NO_PORTS, unsure: NO_PORTS };

/** A class of every pod: none where the pod is not, or has finished. */
const classesOf = (state: ClusterState, pods: readonly string[]): ReadonlyMap<string, EndpointClass> =>
  new Map(
    pods.flatMap((pod) => {
      const [namespace = "", name = ""] = pod.split("/");
      const cls = state.classOf({ kind: "Pod", namespace, name });
      return cls === undefined || cls.hostNetwork ? [] : [[pod, cls] as const];
    }),
  );

const pathReach = (
  state: ClusterState,
  { from, to }: Path,
  source: EndpointClass | undefined,
  destination: EndpointClass | undefined,
): Reach => {
  if (source === undefined || destination === undefined) return CLOSED;
  const isEnd = (selector: EndpointSelector, cls: EndpointClass): boolean => matchesAnyNetwork(selector, cls) !== false;
  return isEnd(from, source) && isEnd(to, destination) ? classReach(state, source, destination) : CLOSED;
};

const lineOf = (from: string, to: string, what: string, ports: Reach["ports"]): readonly string[] =>
  noPorts(ports) ? [] : [`${from} → ${to} ${what} ${portsText(ports)}`];

/** What a change opens on a path, by looking at every pair of pods in both states. */
export const openedByBruteForce = (
  { before, after }: Transition,
  path: Path,
  pods: readonly string[],
): readonly string[] => {
  const [then, now] = [classesOf(before, pods), classesOf(after, pods)];
  return pods
    .flatMap((from) =>
      pods.flatMap((to) => {
        if (from === to) return [];
        const reach = pathReach(after, path, now.get(from), now.get(to));
        const old = pathReach(before, path, then.get(from), then.get(to));
        const was = unionPorts(old.ports, old.unsure);
        return [
          ...lineOf(from, to, "opened", subtractPorts(intersectPorts(reach.ports, path.ports), was)),
          ...lineOf(from, to, "unsure", subtractPorts(intersectPorts(reach.unsure, path.ports), was)),
        ];
      }),
    )
    .sort();
};

/** What the engine says that a change opens on a path, pod by pod. */
export const openedByEngine = (transition: Transition, path: Path): readonly string[] =>
  [...newlyReachable(transition, path)]
    .flatMap((pair) =>
      memberNames(pair.from).flatMap((from) =>
        memberNames(pair.to).flatMap((to) =>
          from === to ? [] : [...lineOf(from, to, "opened", pair.opened), ...lineOf(from, to, "unsure", pair.unsure)],
        ),
      ),
    )
    .sort();
