import { DIRECTIONS, type Direction } from "../model/policies.ts";
import type { Governing } from "./state.ts";

/** What governs an endpoint in both directions. */
export type Governed = Readonly<Record<Direction, Governing>>;

/** hostNetwork pods are their node: no policy selects them. */
export const UNGOVERNED: Governed = { ingress: [], egress: [] };

/** Classes of one namespace are governed alike in a few ways; more than these are kept apart. */
const MOST_WAYS = 8;

const isSame = (a: Governing, b: Governing): boolean =>
  a.length === b.length &&
  a.every(({ policies }, at) => {
    const others = b[at]?.policies;
    return policies.length === others?.length && policies.every((policy, index) => policy === others[index]);
  });

/** Gives classes that are governed by the same policies one and the same value, so that it can be known by identity. */
export class SharedGoverning {
  readonly #ways = new Map<string, readonly Governed[]>();

  /** The value that others of the namespace have already, if they are governed alike; else this one. */
  share(namespace: string, governed: Governed): Governed {
    const ways = this.#ways.get(namespace) ?? [];
    const known = ways.find((way) => DIRECTIONS.every((direction) => isSame(way[direction], governed[direction])));
    if (known !== undefined) return known;
    this.#ways.set(namespace, [...ways.slice(1 - MOST_WAYS), governed]);
    return governed;
  }

  /** Forgets a namespace, or all of them, whose policies change. */
  forget(namespace: string | undefined): void {
    if (namespace === undefined) this.#ways.clear();
    else this.#ways.delete(namespace);
  }
}
