import { newlyOpenAddresses } from "../../engine/address-delta.ts";
import { newlyReachable } from "../../engine/delta.ts";
import type { Transition } from "../../engine/transition.ts";
import type { EndpointClass } from "../../engine/endpoint-class.ts";
import type { AddressSet } from "../../model/addresses.ts";
import type { Endpoint } from "../../model/objects.ts";
import { DIRECTIONS, type Direction, type EndpointSelector } from "../../model/policies.ts";
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
  | { readonly kind: "endpoints"; readonly first: Endpoint; readonly count: number }
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

type EndsOf = (cls: EndpointClass) => readonly OpenedEnd[];

/** Tells the endpoints of a class apart by all their labels: an expression may look at some that no selector does. */
const endsByLabels = (tick: () => void): EndsOf => {
  const known = new Map<EndpointClass, readonly OpenedEnd[]>();
  const group = (cls: EndpointClass): readonly OpenedEnd[] => {
    const byLabels = new Map<string, { readonly kind: "endpoints"; first: Endpoint; count: number }>();
    for (const endpoint of cls.members()) {
      tick();
      const key = JSON.stringify([...endpoint.labels].sort());
      const end = byLabels.get(key) ?? { kind: "endpoints", first: endpoint, count: 0 };
      byLabels.set(key, end);
      end.count++;
      if (endpoint.ref.name < end.first.ref.name) end.first = endpoint;
    }
    return [...byLabels.values()];
  };
  return (cls) => {
    const ends = known.get(cls) ?? group(cls);
    known.set(cls, ends);
    return ends;
  };
};

/** Ends that are all open to each other, or the word that this cannot be told of some. */
type Found = readonly [from: readonly OpenedEnd[], to: readonly OpenedEnd[], ports: PortSet] | "unsure";

function* toAddresses(
  transition: Transition,
  { from, to, ports }: PathScope,
  direction: Direction,
  endsOf: EndsOf,
): Iterable<Found> {
  const [{ endpoints }, { addresses }] = direction === "ingress" ? [to, from] : [from, to];
  if (endpoints === undefined || addresses === undefined) return;
  for (const { endpoint, opened, unsure } of newlyOpenAddresses(transition, {
    endpoints,
    direction,
    addresses,
    ports,
  })) {
    if (unsure) yield "unsure";
    const own = endsOf(endpoint);
    for (const grant of opened) {
      const other: readonly OpenedEnd[] = [{ kind: "addresses", addresses: grant.addresses }];
      yield direction === "ingress" ? [other, own, grant.ports] : [own, other, grant.ports];
    }
  }
}

function* toEndpoints(transition: Transition, scope: PathScope, endsOf: EndsOf): Iterable<Found> {
  const [from, to] = [scope.from.endpoints, scope.to.endpoints];
  if (from === undefined || to === undefined) return;
  for (const pair of newlyReachable(transition, { from, to, ports: scope.ports })) {
    if (!noPorts(pair.unsure)) yield "unsure";
    if (!noPorts(pair.opened)) yield [endsOf(pair.from), endsOf(pair.to), pair.opened];
  }
}

function* search(transition: Transition, scope: PathScope): Iterable<Found> {
  const endsOf = endsByLabels(transition.tick);
  for (const direction of DIRECTIONS) yield* toAddresses(transition, scope, direction, endsOf);
  yield* toEndpoints(transition, scope, endsOf);
}

/** An endpoint that is alone has no path to itself. */
const isPath = (from: OpenedEnd, to: OpenedEnd): boolean => from !== to || from.kind === "addresses" || from.count > 1;

/** The paths within a scope that a change opens. */
export const openedPaths = (transition: Transition, scope: PathScope): Opened => {
  const paths: OpenedPath[] = [];
  let isUnsure = false;
  for (const found of search(transition, scope)) {
    if (found === "unsure") isUnsure = true;
    else
      for (const from of found[0])
        for (const to of found[1]) {
          if (!isPath(from, to)) continue;
          if (paths.length >= MOST_PATHS) return { paths, gap: `it opens more than ${MOST_PATHS} paths` };
          paths.push({ from, to, ports: found[2] });
        }
  }
  return { paths, gap: isUnsure ? "a policy cannot be understood" : undefined };
};
