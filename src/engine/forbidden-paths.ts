import type { Direction } from "../model/policies.ts";
import type { PortSet } from "../model/ports.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import type { Grant } from "./grants.ts";

/** What somebody wants closed, whatever the policies open. */
export interface ForbiddenPaths {
  /** Ports that must not pass from one class to another. */
  readonly between: (from: EndpointClass, to: EndpointClass) => PortSet;
  /** What must not pass between a class and the addresses outside; `direction` is the class's own. Undefined: nothing. */
  readonly outside: (cls: EndpointClass, direction: Direction) => Grant | undefined;
}
