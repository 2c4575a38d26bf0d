import type { KnownViolations } from "../guard/known-violations.ts";
import type { PresentViolation } from "../guard/present-violations.ts";
import { noPorts, NO_PORTS, subtractPorts, type PortSet } from "../model/ports.ts";

/** So many violations of one identity are told apart; of more, one that is news may go unnoticed. */
const MOST_OF_ONE = 1000;

type Present = ReadonlyMap<string, PortSet>;

const presentOf = (found: readonly PresentViolation[]): Map<string, PortSet> => {
  const present = new Map<string, PortSet>();
  for (const { precedents } of found)
    for (const { keys, ports } of precedents)
      for (const key of keys) if (present.size < MOST_OF_ONE) present.set(key, ports);
  return present;
};

/** The violations that were found last, by who has them: what is found beyond them is news. */
export class Ledger {
  readonly #known: KnownViolations;
  readonly #present = new WeakMap<object, Map<string, Present>>();

  constructor(known: KnownViolations) {
    this.#known = known;
  }

  /**
   * Takes what was found of one identity in a class; the codes of the rules of which something refusable is news. Of
   * those who are seen for the first time, what running pods of their identity had lately is none.
   */
  take(cls: object, identity: string, found: readonly PresentViolation[]): ReadonlySet<string> {
    const identities = this.#present.get(cls) ?? new Map<string, Present>();
    const before = identities.get(identity);
    const isNews = (key: string, ports: PortSet): boolean =>
      before === undefined ? !this.#known.had(key, ports) : !noPorts(subtractPorts(ports, before.get(key) ?? NO_PORTS));
    const news = found.filter(
      ({ refusable, precedents }) =>
        refusable && precedents.some(({ keys, ports }) => keys.some((key) => isNews(key, ports))),
    );
    if (before !== undefined || found.length > 0) this.#present.set(cls, identities.set(identity, presentOf(found)));
    return new Set(news.map(({ code }) => code));
  }
}
