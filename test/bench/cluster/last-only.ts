/** Makes a value once for callers that ask again and again for the same key before they ask for another. */
export const lastOnly = <Key, Value>(make: (key: Key) => Value): ((key: Key) => Value) => {
  let last: readonly [Key, Value] | undefined;
  return (key) => {
    if (last?.[0] !== key) last = [key, make(key)];
    return last[1];
  };
};
