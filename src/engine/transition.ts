import type { EndpointSelector } from "../model/policies.ts";
import type { PortSet } from "../model/ports.ts";
import type { Replacement } from "./overlay.ts";
import type { ClusterState } from "./state.ts";

/** A path that is asked about: whom, from whom, on which ports. */
export interface Path {
  readonly from: EndpointSelector;
  readonly to: EndpointSelector;
  readonly ports: PortSet;
}

/** Before, after and what lies between. */
export interface Transition {
  readonly before: ClusterState;
  readonly after: ClusterState;
  readonly change: Replacement;
  /** Called now and then; throws when the time for an answer is over. */
  readonly tick: () => void;
}
