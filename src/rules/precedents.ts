import type { EndpointClass } from "../engine/endpoint-class.ts";
import { ALL_PORTS, type PortSet } from "../model/ports.ts";

/** How a violation stands to what was there before the change. */
export type Standing =
  /** The change brings it. */
  | "new"
  /** Running pods of the same identity have it already. */
  | "known"
  /** It was there before and is not made worse. */
  | "existing"
  /** The configuration excepts it. */
  | "excepted";

/** Whom a violation is about: the ends of a path, or the one endpoint that is at fault. */
export interface Ends {
  readonly from?: EndpointClass;
  readonly to?: EndpointClass;
}

/** One violation, as far as it can be met again. */
export interface Case {
  readonly ends: Ends;
  /** On which ports; all of them where the violation is not about ports. */
  readonly ports: PortSet;
  /** Tells apart the violations of one rule that one end may have; "" where there is one only. */
  readonly what: string;
}

/** What is known of violations beside the states before and after: asked for each one that a rule finds. */
export interface Precedents {
  /** How a violation stands; `computed` is what the two states alone say. */
  standing(computed: Standing, found: Case): Standing;
}

/** Nothing is known: the states alone decide. */
export const NO_PRECEDENTS: Precedents = { standing: (computed) => computed };

/** A violation of one endpoint alone. */
export const caseOf = (from: EndpointClass, what = ""): Case => ({ ends: { from }, ports: ALL_PORTS, what });
