import type { Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { addressReach, subtractGrants, type Grant } from "../engine/grants.ts";
import type { ClusterState } from "../engine/state.ts";
import { touchedClasses } from "../engine/touched.ts";
import { grantsText } from "../engine/words.ts";
import { cidrsText } from "../model/address-text.ts";
import type { AddressSet } from "../model/addresses.ts";
import type { EndpointSelector } from "../model/policies.ts";
import { portsText, type PortSet } from "../model/ports.ts";
import type { ClosedSource } from "./closed-sources.ts";
import { caseOf, type Precedents } from "./precedents.ts";

/** What must be reachable by address: all of the addresses on each of the ports. */
export interface RequiredAddresses {
  readonly from: EndpointSelector;
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

const missing = (
  state: ClusterState,
  cls: EndpointClass,
  { addresses, ports }: RequiredAddresses,
  tick: () => void,
): readonly Grant[] => subtractGrants([{ ports, addresses }], addressReach(state, cls, "egress", tick), tick);

const isInDoubt = (state: ClusterState, cls: EndpointClass): boolean =>
  state.governing(cls, "egress").some(({ policies }) => policies.some(({ problems }) => problems.length > 0));

/** Sources that a change cuts off from addresses outside, or that were cut off before. */
export function* cutOffFromAddresses(
  transition: Transition,
  path: RequiredAddresses,
  precedents: Precedents,
): Iterable<ClosedSource> {
  const { before, after, change, tick } = transition;
  const sources = after.set(path.from);
  const twins = change.object?.type === "endpoint" ? before.runningTwins(change.object.endpoint) : [];
  for (const from of touchedClasses(transition, "egress")) {
    tick();
    if (from.hostNetwork || !sources.has(from)) continue;
    const now = missing(after, from, path, tick);
    const [first] = now;
    if (first === undefined) continue;
    const origin = after.origin(from);
    const fresh = origin === undefined ? now : subtractGrants(now, missing(before, origin, path, tick), tick);
    const isKnown = twins.some((twin) => subtractGrants(fresh, missing(before, twin, path, tick), tick).length === 0);
    const { addresses, ports } = fresh[0] ?? first;
    const text = `${cidrsText(addresses)} on ${portsText(ports)}`;
    yield {
      from,
      kind: isInDoubt(after, from) ? "undecided" : "violation",
      standing: precedents.standing(
        fresh.length === 0 ? "existing" : isKnown ? "known" : "new",
        caseOf(from, grantsText(fresh)),
      ),
      end: () => ({
        text,
        details: [],
        fix: `first add a NetworkPolicy that allows egress from ${from.namespace.name} to ${text}`,
      }),
    };
  }
}
