import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import type { ClusterState } from "../engine/state.ts";
import type { PortSet } from "../model/ports.ts";
import type { Case, Ends, Precedents } from "../rules/precedents.ts";
import type { Standing } from "../rules/rule.ts";
import type { Change } from "./change.ts";
import { exceptionFor, type Exception } from "./exceptions.ts";
import type { Past } from "./past.ts";

/** One violation under keys that stay the same when the pods come again. */
export interface Precedent {
  /** By rule, who is at fault, who is at the other end, and what. */
  readonly keys: readonly string[];
  readonly ports: PortSet;
  /** How it stands by the two states alone. */
  readonly computed: Standing;
}

/** What precedents are looked up in. */
export interface PrecedentOptions {
  readonly state: ClusterIndex;
  readonly after: ClusterState;
  readonly change: Change;
  readonly exceptions: readonly Exception[];
  readonly past: Past;
  /** How a violation stands that is not excepted; none: as the states, and what is known of the past, say. */
  readonly stands?: ((rule: string, computed: Standing, found: Case) => Standing) | undefined;
  /** Told of each violation with the changed endpoint at an end. */
  readonly onFound?: ((rule: string, precedent: Precedent) => void) | undefined;
  /** Told whom each violation that is news is about. */
  readonly onNew?: ((ends: Ends) => void) | undefined;
}

/** No name, label or port can hold it. */
const SEPARATOR = "\u0001";

const keysOf = (rule: string, subject: EndpointClass, { ends, what }: Case): readonly string[] => {
  const isSource = ends.from === subject;
  const other = isSource ? ends.to : ends.from;
  const [own = ""] = subject.identities();
  const others = other === undefined ? [""] : other.identities();
  return [...others].map((theirs) => [rule, isSource ? "from" : "to", own, theirs, what].join(SEPARATOR));
};

/** What is known of a rule's violations by a change. A pod's that it had lately are known, as if a twin still ran. */
export const precedentsFor = (rule: string, options: PrecedentOptions): Precedents => {
  const { state, after, change, exceptions, past, stands, onFound, onNew } = options;
  const standing: Precedents["standing"] = (computed, found) => {
    const subject = change.object?.type === "endpoint" ? after.classOf(change.ref) : undefined;
    if (exceptionFor(state, exceptions, rule, found.ends, past.now()) !== undefined) return "excepted";
    if (stands !== undefined) return stands(rule, computed, found);
    if (subject === undefined || (found.ends.from !== subject && found.ends.to !== subject)) return computed;
    if (computed === "existing") return computed;
    const keys = keysOf(rule, subject, found);
    onFound?.(rule, { keys, ports: found.ports, computed });
    if (computed === "new" && keys.every((key) => past.had(key, found.ports))) return "known";
    return computed;
  };
  return {
    standing: (computed, found) => {
      const is = standing(computed, found);
      if (is === "new") onNew?.(found.ends);
      return is;
    },
  };
};
