/** A kind of policy that is not judged and that the cluster has, or may have, objects of. */
export interface UnsupportedKind {
  readonly group: string;
  readonly kind: string;
  /** Where its manifests are, `file:line`; none for the objects of a cluster. */
  readonly places: readonly string[];
  /** Why it is not known whether there are objects, in one line; undefined: there are. */
  readonly doubt: string | undefined;
}

/** A policy language that is not judged and that decides in the cluster, or may. */
export interface UnsupportedLanguage {
  /** Stable, such as `cilium`. */
  readonly id: string;
  /** As its users call it, such as `Cilium`. */
  readonly name: string;
  readonly kinds: readonly UnsupportedKind[];
}

const namesOf = (kinds: readonly UnsupportedKind[]): string => [...new Set(kinds.map(({ kind }) => kind))].join(", ");

/** Which policies there are, as the subject of a sentence: `Cilium policies (CiliumNetworkPolicy) are in the cluster`. */
export const presenceText = ({ name, kinds }: UnsupportedLanguage): string => {
  const certain = kinds.filter(({ doubt }) => doubt === undefined);
  return certain.length > 0
    ? `${name} policies (${namesOf(certain)}) are in the cluster`
    : `${name} policies (${namesOf(kinds)}) may be in the cluster`;
};

/** So many places are named; one is enough to find the others. */
const MOST_PLACES = 3;

/** Each kind in a line of its own, with where it is. */
export const kindLines = ({ kinds }: UnsupportedLanguage): readonly string[] =>
  kinds.map(({ group, kind, places, doubt }) => {
    const left = places.length - MOST_PLACES;
    const at = places.slice(0, MOST_PLACES).join(", ");
    const where = places.length === 0 ? "" : ` in ${at}${left > 0 ? ` and ${left} more` : ""}`;
    return `not judged: ${kind}.${group}${doubt === undefined ? where : " (whether there are any could not be found out)"}`;
  });
