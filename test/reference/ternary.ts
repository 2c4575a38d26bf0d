/** A truth value, or "undecided" where an object cannot be understood. */
export type Ternary = boolean | "undecided";

/** True if all are, false if one is. */
export function every(values: readonly Ternary[]): Ternary {
  if (values.includes(false)) return false;
  return values.includes("undecided") ? "undecided" : true;
}

/** True if one is, false if none may be. */
export function some(values: readonly Ternary[]): Ternary {
  if (values.includes(true)) return true;
  return values.includes("undecided") ? "undecided" : false;
}

/** The truth values that a ternary may stand for. */
export function ways(value: Ternary): readonly boolean[] {
  return value === "undecided" ? [true, false] : [value];
}
