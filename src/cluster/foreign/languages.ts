import { FOREIGN_LANGUAGES, type ForeignKind } from "../../dialects/foreign.ts";
import type { UnsupportedKind, UnsupportedLanguage } from "../../guard/unsupported.ts";

/** What is known of the objects of a kind of which there are some, or may be. */
export type Presence = Pick<UnsupportedKind, "places" | "doubt">;

/** The languages of these kinds, both in the order of the list. */
export const languagesOf = (present: ReadonlyMap<ForeignKind, Presence>): readonly UnsupportedLanguage[] =>
  FOREIGN_LANGUAGES.flatMap(({ id, name, kinds }) => {
    const found = kinds.flatMap((known): readonly UnsupportedKind[] => {
      const presence = present.get(known);
      return presence === undefined ? [] : [{ group: known.group, kind: known.kind, ...presence }];
    });
    return found.length === 0 ? [] : [{ id, name, kinds: found }];
  });
