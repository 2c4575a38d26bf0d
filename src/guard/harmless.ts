import type { ClusterIndex } from "../engine/cluster-index.ts";
import { matchesAnyNetwork, type EndpointClass } from "../engine/endpoint-class.ts";
import type { LiveEndpointSet } from "../engine/live-endpoint-set.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { OrgRule } from "../rules/rule.ts";
import type { Change } from "./change.ts";

/** Whom a creation adds one more of; undefined for any other change, and where addresses tell more. */
export const knownIdentity = (state: ClusterIndex, { operation, object }: Change): object | undefined => {
  if (operation !== "CREATE" || object?.type !== "endpoint") return undefined;
  const { endpoint, ref } = object;
  if (endpoint.phase === "finished" || endpoint.addresses.length > 0 || state.classOf(ref) !== undefined)
    return undefined;
  return state.identityOf(endpoint);
};

/** On what it rests that a creation broke no rule. */
interface Grounds {
  readonly state: ClusterIndex;
  readonly version: number;
  readonly sets: readonly LiveEndpointSet[];
  /** Versions of the sets, added up: none of them ever falls. */
  readonly sum: number;
}

const sumOf = (sets: readonly LiveEndpointSet[]): number => {
  let sum = 0;
  for (const { version } of sets) sum += version;
  return sum;
};

const relevantEnds = ({ ends, byClass }: OrgRule, cls: EndpointClass): readonly EndpointSelector[] => {
  if (!byClass) return [];
  const own = ends.filter((end) => matchesAnyNetwork(end, cls) !== false);
  if (own.length === 0) return [];
  return own.length === 1 ? ends.filter((end) => end !== own[0]) : ends;
};

/**
 * Remembers of whom one more breaks none of the rules that judge by class, until anything changes on which that rests:
 * while a workload is scaled or rolled out, its next pod is not judged from scratch.
 */
export class Harmless {
  readonly #rules: readonly OrgRule[];
  readonly #known = new WeakMap<object, Grounds>();

  constructor(rules: readonly OrgRule[]) {
    this.#rules = rules;
  }

  /** Whether one more of this identity is known to break none of these rules. */
  has(identity: object, state: ClusterIndex): boolean {
    const grounds = this.#known.get(identity);
    if (grounds?.state !== state) return false;
    return grounds.version === state.version && grounds.sum === sumOf(grounds.sets);
  }

  /** Notes that `cls`, one more of this identity, was judged and broke none of them. */
  add(identity: object, cls: EndpointClass | undefined, state: ClusterIndex): void {
    if (cls === undefined) return;
    const ends = new Set(this.#rules.flatMap((rule) => relevantEnds(rule, cls)));
    const sets = [...ends].map((end) => state.set(end));
    this.#known.set(identity, { state, version: state.version, sets, sum: sumOf(sets) });
  }
}
