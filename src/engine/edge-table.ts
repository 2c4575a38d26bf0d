import { GuardError } from "../model/errors.ts";
import type { Direction } from "../model/policies.ts";
import { noPorts, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import type { BrokenRule, PathEdge, Permit } from "../model/workload-graph.ts";
import { mergePermits } from "./permits.ts";

/** So many fit into V8's usual heap with room for their text; no format shows more to any use. */
const MOST_EDGES = 1_000_000;

/** What one pair of classes adds to the edge between two workloads. */
export interface EdgePart {
  readonly ports: PortSet;
  readonly unsure: PortSet;
  readonly permits: Readonly<Record<Direction, readonly Permit[]>>;
  readonly broken: readonly BrokenRule[];
}

const mergeBroken = (a: readonly BrokenRule[], b: readonly BrokenRule[]): readonly BrokenRule[] => {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const merged = new Map(a.map((broken) => [broken.rule, broken]));
  for (const { rule, ports } of b) {
    const known = merged.get(rule);
    merged.set(rule, { rule, ports: known === undefined ? ports : unionPorts(known.ports, ports) });
  }
  return [...merged.values()];
};

const mergePermitsOf = (a: EdgePart["permits"], b: EdgePart["permits"]): EdgePart["permits"] =>
  a === b ? a : { egress: mergePermits(a.egress, b.egress), ingress: mergePermits(a.ingress, b.ingress) };

const merge = (a: EdgePart, b: EdgePart): EdgePart => ({
  ports: unionPorts(a.ports, b.ports),
  unsure: unionPorts(a.unsure, b.unsure),
  permits: mergePermitsOf(a.permits, b.permits),
  broken: mergeBroken(a.broken, b.broken),
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sorted = <V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] =>
  [...map].sort(([a], [b]) => compare(a, b));

/** The edges between workloads while they are put together. */
export class EdgeTable {
  readonly #rows = new Map<string, Map<string, EdgePart>>();
  #size = 0;

  /** Adds to the edge from one id to another. Throws GuardError when there are too many edges. */
  add(from: string, to: string, part: EdgePart): void {
    const row = this.#rows.get(from) ?? new Map<string, EdgePart>();
    this.#rows.set(from, row);
    const known = row.get(to);
    if (known === undefined && ++this.#size > MOST_EDGES)
      throw new GuardError(
        `expected at most ${String(MOST_EDGES)} paths between workloads, found more: give the manifests of fewer namespaces`,
      );
    row.set(to, known === undefined ? part : merge(known, part));
  }

  /** All edges, sorted by their ends. */
  edges(): readonly PathEdge[] {
    return sorted(this.#rows).flatMap(([from, row]) =>
      sorted(row).map(([to, part]) => ({
        from,
        to,
        ...part,
        unsure: noPorts(part.unsure) ? part.unsure : subtractPorts(part.unsure, part.ports),
      })),
    );
  }
}
