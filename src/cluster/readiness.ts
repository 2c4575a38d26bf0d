/** How one kind of objects is followed at one moment. */
export interface KindStatus {
  readonly path: string;
  /** Whether a list has been complete. */
  readonly synced: boolean;
  /** When the API server last showed that what is held of the kind was up to date, by the clock. */
  readonly currentAt: number;
  /** When its watch last showed life: a page, an event, a bookmark. */
  readonly lastEventAt: number;
  /** When it last answered about the kind at all. */
  readonly answeredAt: number;
  /** What went wrong last. */
  readonly error: string | undefined;
}

/**
 * Nobody relies on what may be so old. A second look is taken after ten seconds of silence and takes three more, or ten
 * until it has failed to connect: a healthy cluster has time for another one, and half a minute is never reached.
 */
export const SILENT_MS = 25_000;

/**
 * An API server that answers, and refuses only second looks for being busy, still feeds the watches: they show life
 * with a bookmark every minute.
 */
export const REFUSED_MS = 90_000;

const heard = ({ currentAt, answeredAt }: KindStatus, now: number): number | undefined => {
  if (now - Math.max(currentAt, answeredAt) > SILENT_MS) return SILENT_MS;
  return now - currentAt > REFUSED_MS ? REFUSED_MS : undefined;
};

const causes = (kinds: readonly KindStatus[]): string =>
  [...new Set(kinds.map(({ error, path }) => error ?? path))].join("; ");

/** Why what is held of these kinds cannot be relied on now; undefined if it can. */
export const notReady = (kinds: readonly KindStatus[], now: number): string | undefined => {
  const missing = kinds.filter(({ synced }) => !synced);
  if (missing.length > 0) return `the state of the cluster is not complete yet: ${causes(missing)}`;
  const silent = kinds.filter((kind) => heard(kind, now) !== undefined);
  if (silent.length === 0) return undefined;
  const longest = Math.max(...silent.map((kind) => heard(kind, now) ?? 0));
  return `nothing new was heard of the cluster for ${String(longest / 1000)} seconds: ${causes(silent)}`;
};
