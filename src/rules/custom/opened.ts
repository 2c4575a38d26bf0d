import { newlyOpenAddresses } from "../../engine/address-delta.ts";
import { newlyReachable, type Transition } from "../../engine/delta.ts";
import type { EndpointClass } from "../../engine/endpoint-class.ts";
import type { AddressSet } from "../../model/addresses.ts";
import type { Endpoint } from "../../model/objects.ts";
import type { Direction, EndpointSelector } from "../../model/policies.ts";
import { noPorts, type PortSet } from "../../model/ports.ts";

/** So many paths are handed to an expression; of more than these it cannot be told what they are. */
export const MOST_PATHS = 5000;

/** Which paths are asked for; an end has endpoints, addresses, or both. */
export interface PathScope {
  readonly from: { readonly endpoints: EndpointSelector | undefined; readonly addresses: AddressSet | undefined };
  readonly to: PathScope["from"];
  readonly ports: PortSet;
}

/** One end of a path that a change opens: endpoints with the same labels, by the first of them, or addresses. */
export type OpenedEnd =
  | { readonly kind: "endpoint"; readonly endpoint: Endpoint }
  | { readonly kind: "addresses"; readonly addresses: AddressSet };

/** A path that a change opens. */
export interface OpenedPath {
  readonly from: OpenedEnd;
  readonly to: OpenedEnd;
  readonly ports: PortSet;
}

/** What a change opens. */
export interface Opened {
  readonly paths: readonly OpenedPath[];
  /** Why there may be more than that. */
  readonly gap: string | undefined;
}

/** The endpoints of a class that differ in any label, one each: an expression may look at labels that no selector does. */
const variants = (cls: EndpointClass, tick: () => void): readonly OpenedEnd[] => {
  const byLabels = new Map<string, Endpoint>();
  for (const endpoint of cls.members()) {
    tick();
    const key = JSON.stringify([...endpoint.labels].sort());
    const known = byLabels.get(key);
    if (known === undefined || endpoint.ref.name < known.ref.name) byLabels.set(key, endpoint);
  }
  return [...byLabels.values()].map((endpoint) => ({ kind: "endpoint", endpoint }));
};

const otherEnd = (scope: PathScope, direction: Direction): PathScope["from"] =>
  direction === "ingress" ? scope.from : scope.to;

const ownEnd = (scope: PathScope, direction: Direction): PathScope["from"] =>
  direction === "ingress" ? scope.to : scope.from;

type Found = readonly [from: readonly OpenedEnd[], to: readonly OpenedEnd[], ports: PortSet] | "unsure";

function* search(transition: Transition, scope: PathScope): Iterable<Found> {
  const kept = new Map<EndpointClass, readonly OpenedEnd[]>();
  const endsOf = (cls: EndpointClass): readonly OpenedEnd[] => {
    const ends = kept.get(cls) ?? variants(cls, transition.tick);
    kept.set(cls, ends);
    return ends;
  };
  for (const direction of ["ingress", "egress"] as const) {
    const [{ endpoints }, { addresses }] = [ownEnd(scope, direction), otherEnd(scope, direction)];
    if (endpoints === undefined || addresses === undefined) continue;
    const path = { endpoints, direction, addresses, ports: scope.ports };
    for (const { endpoint, opened } of newlyOpenAddresses(transition, path))
      for (const grant of opened) {
        const other: readonly OpenedEnd[] = [{ kind: "addresses", addresses: grant.addresses }];
        yield direction === "ingress" ? [other, endsOf(endpoint), grant.ports] : [endsOf(endpoint), other, grant.ports];
      }
  }
  const [from, to] = [scope.from.endpoints, scope.to.endpoints];
  if (from === undefined || to === undefined) return;
  for (const pair of newlyReachable(transition, { from, to, ports: scope.ports })) {
    if (!noPorts(pair.unsure)) yield "unsure";
    if (!noPorts(pair.opened)) yield [endsOf(pair.from), endsOf(pair.to), pair.opened];
  }
}

/** The paths within a scope that a change opens. */
export const openedPaths = (transition: Transition, scope: PathScope): Opened => {
  const paths: OpenedPath[] = [];
  let isUnsure = false;
  for (const found of search(transition, scope)) {
    if (found === "unsure") isUnsure = true;
    else
      for (const from of found[0])
        for (const to of found[1]) {
          if (paths.length >= MOST_PATHS) return { paths, gap: `it opens more than ${MOST_PATHS} paths` };
          paths.push({ from, to, ports: found[2] });
        }
  }
  return { paths, gap: isUnsure ? "a policy cannot be understood" : undefined };
};
