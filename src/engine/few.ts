/**
 * Some values, mostly one or none: one is kept bare, because a Set of one costs ten times as much and there are hundreds of
 * thousands. Values are never Sets themselves, and never undefined.
 */
export type Few<V> = V | Set<V> | undefined;

/** `few` with `value` added; may change it in place. */
export const added = <V>(few: Few<V>, value: V): Few<V> => {
  if (few instanceof Set) return few.add(value);
  return few === undefined || few === value ? value : new Set([few, value]);
};

/** `few` with `value` taken out; may change it in place. */
export const removed = <V>(few: Few<V>, value: V): Few<V> => {
  if (few === value) return undefined;
  if (!(few instanceof Set)) return few;
  few.delete(value);
  return few.size === 0 ? undefined : few;
};

/** How many they are. */
export const countOf = <V>(few: Few<V>): number => (few instanceof Set ? few.size : few === undefined ? 0 : 1);

/** Each of them. */
export const each = <V>(few: Few<V>): Iterable<V> => (few instanceof Set ? few : few === undefined ? [] : [few]);
