import type { PairReach } from "../engine/delta.ts";
import type { Path, Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { explainPacket, type Explanation } from "../engine/explain.ts";
import { classReach, endPairs } from "../engine/reach.ts";
import type { ClusterState } from "../engine/state.ts";
import { changeText, classText, pathText, witnessText } from "../engine/words.ts";
import type { Direction } from "../model/policies.ts";
import { firstPort, noPorts, portsText, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";
import type { Precedents } from "./precedents.ts";
import type { FieldRef, Standing, Violation } from "./rule.ts";

/** So many pairs are looked at in full before the rest is only counted: enough to be sure and to sort the worst first. */
const MOST_PAIRS = 1000;

/** Beyond so many pairs, of which none is new, the rest is left: an old debt of this size needs no exact count. */
const MOST_LISTED = 100_000;

/** So many findings of one rule and standing are worded; a message shows no more. */
const MOST_WORDED = 10;

interface StandingPair {
  readonly from: EndpointClass;
  readonly to: EndpointClass;
  readonly ports: PortSet;
  readonly standing: Standing;
  readonly kind: Violation["kind"];
}

/** Whether running pods of the changed pod's identity have this very violation now. */
const isKnown = ({ before, after, change }: Transition, path: Path, pair: PairReach): boolean => {
  if (change.object?.type !== "endpoint") return false;
  const subject = after.classOf(change.ref);
  return before.runningTwins(change.object.endpoint).some((twin) => {
    const from = pair.from === subject ? twin : after.origin(pair.from);
    const to = pair.to === subject ? twin : after.origin(pair.to);
    if (from === undefined || to === undefined || !before.set(path.from).has(from) || !before.set(path.to).has(to))
      return false;
    const reach = classReach(before, from, to);
    return (
      noPorts(subtractPorts(pair.opened, reach.ports)) &&
      noPorts(subtractPorts(pair.unsure, unionPorts(reach.ports, reach.unsure)))
    );
  });
};

const standingPairs = (
  transition: Transition,
  path: Path,
  pairs: Iterable<PairReach>,
  precedents: Precedents,
): readonly StandingPair[] => {
  const standing = (computed: Standing, { from, to }: PairReach, ports: PortSet): Standing =>
    precedents.standing(computed, { ends: { from, to }, ports, what: "" });
  const found: StandingPair[] = [];
  let certain = false;
  for (const pair of pairs) {
    const { from, to, opened, kept, unsure } = pair;
    if (!noPorts(opened))
      found.push({
        from,
        to,
        ports: opened,
        standing: standing(isKnown(transition, path, pair) ? "known" : "new", pair, opened),
        kind: "violation",
      });
    else if (!noPorts(unsure))
      found.push({
        from,
        to,
        ports: unsure,
        standing: standing(isKnown(transition, path, pair) ? "known" : "new", pair, unsure),
        kind: "undecided",
      });
    else if (!noPorts(kept))
      found.push({ from, to, ports: kept, standing: standing("existing", pair, kept), kind: "violation" });
    certain ||= found.at(-1)?.standing === "new";
    if (found.length >= MOST_PAIRS && certain) break;
    if (found.length >= MOST_LISTED) break;
  }
  return found;
};

/** Why one port passes from a class to another, by the address family in which it does. */
export const explainPair = (
  state: ClusterState,
  from: EndpointClass,
  to: EndpointClass,
  ports: PortSet,
): Readonly<Record<Direction, Explanation>> | undefined => {
  const at = firstPort(ports);
  if (at === undefined) return undefined;
  const all = endPairs(from, to).map(([source, destination]) => explainPacket(state, source, destination, at));
  return all.find(({ allowed }) => allowed === true) ?? all.find(({ allowed }) => allowed === "undecided") ?? all[0];
};

const fixFor = (
  why: Readonly<Record<Direction, Explanation>> | undefined,
  text: PairText,
  to: EndpointClass,
): string => {
  if (why?.ingress.witness.kind === "not-selected")
    return `isolate ${to.namespace.name} for ingress (a default-deny policy) and allow only who must reach it`;
  if (why?.ingress.witness.kind === "rule")
    return `narrow ${witnessText(why.ingress.witness)} so that it leaves ${text.from} out`;
  return "narrow one of the two directions so that it leaves the other end out";
};

const fieldsOf = (why: Readonly<Record<Direction, Explanation>>): readonly FieldRef[] =>
  [why.ingress.witness, why.egress.witness].flatMap((witness) =>
    witness.kind === "rule" ? [{ ref: witness.policy, path: witness.path }] : [],
  );

const worded = ({ after, change }: Transition, pair: StandingPair, text: PairText, more: number): Violation => {
  const why = explainPair(after, pair.from, pair.to, pair.ports);
  const verb = pair.kind === "undecided" ? "may let" : pair.standing === "existing" ? "still lets" : "would let";
  return {
    kind: pair.kind,
    standing: pair.standing,
    curable: why?.egress.witness.kind === "not-selected" || why?.ingress.witness.kind === "not-selected",
    message: `${changeText(change)} ${verb} ${text.from} reach ${text.to} on ${portsText(pair.ports)}`,
    details: why === undefined ? [] : [pathText(why)],
    fix: fixFor(why, text, pair.to),
    fields: why === undefined ? [] : fieldsOf(why),
    more,
  };
};

interface PairText {
  readonly from: string;
  readonly to: string;
}

/** Words for the pairs of a forbidden path: the new ones first, each standing sorted by its ends. */
export const pairViolations = (
  transition: Transition,
  path: Path,
  pairs: Iterable<PairReach>,
  precedents: Precedents,
): readonly Violation[] => {
  const names = new Map<EndpointClass, string>();
  const nameOf = (cls: EndpointClass): string => {
    const name = names.get(cls) ?? classText(cls);
    names.set(cls, name);
    return name;
  };
  const groups = Map.groupBy(
    standingPairs(transition, path, pairs, precedents),
    ({ kind, standing }) => `${kind}/${standing}`,
  );
  return [...groups.values()].flatMap((group) => {
    const sorted = group
      .map((pair) => ({ pair, text: { from: nameOf(pair.from), to: nameOf(pair.to) } }))
      .sort((a, b) => compare(a.text.from, b.text.from) || compare(a.text.to, b.text.to));
    const shown = sorted.slice(0, MOST_WORDED);
    return shown.map(({ pair, text }, index) =>
      worded(transition, pair, text, index === shown.length - 1 ? sorted.length - shown.length : 0),
    );
  });
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
