import { reachOfAny, shortfalls, type Shortfall } from "../engine/closures.ts";
import type { Path, Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { classText, pathText, witnessText } from "../engine/words.ts";
import { noPorts, portsText, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import { explainPair } from "./path-pairs.ts";
import type { ClosedSource } from "./closed-sources.ts";
import type { Precedents } from "./precedents.ts";
import type { Standing } from "./rule.ts";

/** Whether running pods of the changed pod's identity are cut off in the same way now. */
const isKnown = (
  { before, after, change, tick }: Transition,
  path: Path,
  { from, closed, unsure }: Shortfall,
): boolean =>
  change.object?.type === "endpoint" &&
  after.classOf(change.ref) === from &&
  before.runningTwins(change.object.endpoint).some((twin) => {
    const { ports } = reachOfAny(before, twin, before.set(path.to), path.ports, tick);
    return noPorts(subtractPorts(unionPorts(closed, unsure), subtractPorts(path.ports, ports)));
  });

const firstDestination = (transition: Transition, path: Path): EndpointClass | undefined => {
  let first: { readonly cls: EndpointClass; readonly name: string } | undefined;
  for (const cls of transition.after.set(path.to).classes()) {
    transition.tick();
    const name = classText(cls);
    if (first === undefined || name < first.name) first = { cls, name };
  }
  return first?.cls;
};

const describe = (
  transition: Transition,
  path: Path,
  from: EndpointClass,
  ports: PortSet,
): ReturnType<ClosedSource["end"]> => {
  const to = firstDestination(transition, path);
  if (to === undefined) return { text: portsText(ports), details: [], fix: "let it through" };
  const why = explainPair(transition.after, from, to, ports);
  const [own, end] = [from.namespace.name, classText(to)];
  const side =
    why?.egress.allowed === true
      ? `ingress from ${own} to ${to.namespace.name}`
      : `egress from ${own} to ${to.namespace.name}`;
  const culprit = why?.egress.allowed === true ? why.ingress.witness : why?.egress.witness;
  return {
    text: `${end} on ${portsText(ports)}`,
    details: why === undefined ? [] : [pathText(why)],
    fix: `first add a NetworkPolicy that allows ${side} on ${portsText(ports)}${culprit?.kind === "isolated" ? `: ${witnessText(culprit)}` : ""}`,
  };
};

/** Sources that a change cuts off from every destination of a path, or that were cut off before. */
export function* cutOffSources(transition: Transition, path: Path, precedents: Precedents): Iterable<ClosedSource> {
  for (const short of shortfalls(transition, path)) {
    const { from, closed, unsure, kept } = short;
    const end = (ports: PortSet) => () => describe(transition, path, from, ports);
    const standing = (computed: Standing, ports: PortSet): Standing =>
      precedents.standing(computed, { ends: { from }, ports, what: "" });
    if (noPorts(closed) && noPorts(unsure))
      yield { from, kind: "violation", standing: standing("existing", kept), end: end(kept) };
    else {
      const computed = isKnown(transition, path, short) ? "known" : "new";
      if (!noPorts(closed)) yield { from, kind: "violation", standing: standing(computed, closed), end: end(closed) };
      else yield { from, kind: "undecided", standing: standing(computed, unsure), end: end(unsure) };
    }
  }
}
