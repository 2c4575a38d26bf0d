import type { PortSet } from "../model/ports.ts";

/** What is known of the time before a request, beside the state. */
export interface Past {
  /** Milliseconds since 1970: exceptions end. */
  readonly now: () => number;
  /** Whether a running pod had this violation lately, on all of these ports. */
  readonly had: (key: string, ports: PortSet) => boolean;
}

/** Nothing is remembered, and without a clock every exception has ended. */
export const NO_PAST: Past = { now: () => Number.POSITIVE_INFINITY, had: () => false };
