import type { ForeignKind } from "../../dialects/foreign.ts";
import type { UnsupportedLanguage } from "../../guard/unsupported.ts";
import { languagesOf, type Presence } from "./languages.ts";
import { everyKind, type Look } from "./look.ts";

/** How long an answer holds when no look can confirm it: a rolled-out API server is back by then. */
export const STALE_MS = 30_000;

interface Known {
  readonly isThere: boolean;
  readonly at: number;
}

/** What is known of policies in other languages, look by look. What is not known, or not for sure any more, may be there. */
export class Sightings {
  readonly #known = new Map<ForeignKind, Known>();
  #look: Look = everyKind({ error: "not looked for yet" });

  /** Takes over a look that began at `now`, in milliseconds of any clock that never goes back. */
  take(look: Look, now: number): void {
    for (const [kind, sighting] of look) {
      if (typeof sighting === "string") this.#known.set(kind, { isThere: sighting === "some", at: now });
      else if (now - (this.#known.get(kind)?.at ?? now) > STALE_MS) this.#known.delete(kind);
    }
    this.#look = look;
  }

  /** The languages that are in the cluster, or may be. */
  languages(): readonly UnsupportedLanguage[] {
    const present = new Map<ForeignKind, Presence>();
    for (const [kind, sighting] of this.#look) {
      const known = this.#known.get(kind);
      if (known?.isThere === true) present.set(kind, { places: [], doubt: undefined });
      else if (known === undefined)
        present.set(kind, { places: [], doubt: typeof sighting === "string" ? sighting : sighting.error });
    }
    return languagesOf(present);
  }
}
