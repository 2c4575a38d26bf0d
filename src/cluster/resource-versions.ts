/** As the API server writes them; anything else comes from a server that does not keep to it. */
const DECIMAL = /^(?:0|[1-9][0-9]*)$/;

const areComparable = (one: string, other: string): boolean => DECIMAL.test(one) && DECIMAL.test(other);

/** Decimal numbers of any length, without leading zeros. */
const isGreater = (number: string, than: string): boolean =>
  number.length === than.length ? number > than : number.length > than.length;

/**
 * Whether a resource version is later than another of the same resource: they are decimal numbers that grow
 * (https://kep.k8s.io/5504). What cannot be compared counts as later: nothing is overlooked then.
 */
export const isLater = (version: string, than: string): boolean =>
  !areComparable(version, than) || isGreater(version, than);

/** Whether a resource version is surely earlier than another of the same resource. */
export const isEarlier = (version: string, than: string): boolean =>
  areComparable(version, than) && isGreater(than, version);
