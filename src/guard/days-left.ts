const DAY_MS = 86_400_000;

/** Days until `end`, the running one included; 0 once it is over. Both in milliseconds since 1970. */
export const daysLeft = (end: number, now: number): number => Math.max(0, Math.ceil((end - now) / DAY_MS));

/** The last day (YYYY-MM-DD, UTC) before `end`, in milliseconds since 1970. */
export const lastDayText = (end: number): string => new Date(end - 1).toISOString().slice(0, 10);
