import fc from "fast-check";
import { expect, it } from "vitest";
import { newlyOpenAddresses, type AddressPath } from "../../src/engine/address-delta.ts";
import { matchesAnyNetwork } from "../../src/engine/endpoint-class.ts";
import { addressReach, subtractGrants, type Grant } from "../../src/engine/grants.ts";
import type { ClusterState } from "../../src/engine/state.ts";
import { parseCidr } from "../../src/model/address-text.ts";
import { ALL_ADDRESSES, intersectAddresses, noAddresses, NO_ADDRESSES } from "../../src/model/addresses.ts";
import { DIRECTIONS } from "../../src/model/policies.ts";
import { ALL_PORTS, intersectPorts, noPorts, portRange } from "../../src/model/ports.ts";
import { applyChange } from "../reference/changes.ts";
import { changes } from "../reference/generate-changes.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { grantsText, SELECTORS } from "./state-text.ts";
import { indexOf, memberNames, podsOf, replacementOf, transitionOf } from "./world.ts";

const tick = (): void => undefined;

const paths = fc.record<AddressPath>({
  endpoints: fc.constantFrom(...SELECTORS),
  direction: fc.constantFrom(...DIRECTIONS),
  addresses: fc.constantFrom(
    ALL_ADDRESSES,
    ...["10.0.0.0/8", "203.0.113.0/24", "::/0"].map((text) => parseCidr(text) ?? NO_ADDRESSES),
  ),
  ports: fc.constantFrom(ALL_PORTS, portRange(6, 80, 81), portRange(17, 1, 65535)),
});

const openTo = (state: ClusterState, pod: string, path: AddressPath): readonly Grant[] => {
  const [namespace = "", name = ""] = pod.split("/");
  const cls = state.classOf({ kind: "Pod", namespace, name });
  if (cls === undefined || cls.hostNetwork || matchesAnyNetwork(path.endpoints, cls) !== true) return [];
  return addressReach(state, cls, path.direction, tick)
    .map(({ ports, addresses }) => ({
      ports: intersectPorts(ports, path.ports),
      addresses: intersectAddresses(addresses, path.addresses),
    }))
    .filter(({ ports, addresses }) => !noPorts(ports) && !noAddresses(addresses));
};

it("what a change opens to addresses is what asking every pod before and after finds", () => {
  const cases = crowdedClusters().chain((objects) =>
    fc.tuple(fc.constant(objects), changes(objects, { hostBits: true }), paths),
  );
  fc.assert(
    fc.property(cases, ([objects, change, path]) => {
      const index = indexOf(objects);
      index.set(path.endpoints);
      const transition = transitionOf(index, replacementOf(change));
      const found = [...newlyOpenAddresses(transition, path)].flatMap(({ endpoint, opened }) =>
        memberNames(endpoint).map((pod) => `${pod}: ${grantsText(opened)}`),
      );
      const expected = podsOf(applyChange(objects, change)).flatMap((pod) => {
        const opened = subtractGrants(openTo(transition.after, pod, path), openTo(transition.before, pod, path), tick);
        return opened.length === 0 ? [] : [`${pod}: ${grantsText(opened)}`];
      });
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    runs(300),
  );
});
