import type { Change } from "../guard/change.ts";
import type { Verdict } from "../guard/verdict.ts";

/** What a review asks about; OTHER: nothing that is judged. */
export type Operation = Change["operation"] | "OTHER";

/** Told what becomes of requests, while they wait for it: it counts and returns. */
export interface RequestObserver {
  /** A review was answered, in so many seconds since its body was there. */
  readonly answered: (operation: Operation, verdict: Verdict, seconds: number) => void;
  /** A request got no verdict, but this HTTP status. */
  readonly failed: (status: number) => void;
}
