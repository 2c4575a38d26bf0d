import type { Transition } from "../engine/transition.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import { changeText, classText } from "../engine/words.ts";
import type { Standing, Violation } from "./rule.ts";

/** So many sources are looked at in full before the rest is only counted. */
const MOST_SOURCES = 1000;

/** So many findings of one rule and standing are worded; a message shows no more. */
const MOST_WORDED = 10;

/** A source that a required path is closed for. */
export interface ClosedSource {
  readonly from: EndpointClass;
  readonly standing: Standing;
  readonly kind: "violation" | "undecided";
  /** The other end and the ports: `kube-system/dns on UDP 53`. Asked for only where it is shown. */
  readonly end: () => { readonly text: string; readonly details: readonly string[]; readonly fix: string };
}

const sentence = ({ after, change }: Transition, { from, kind, standing }: ClosedSource, name: string): string => {
  const isSure = kind === "violation";
  const isOld = standing === "existing";
  if (change.type === "endpoint" && after.classOf(change.ref) === from)
    return `${changeText(change)} ${isSure ? (isOld ? "still does not" : "would not") : "might not"} reach`;
  const verb = isSure ? (isOld ? "still keeps" : "would keep") : isOld ? "may still keep" : "may keep";
  return `${changeText(change)} ${verb} ${name} from reaching`;
};

const worded = (transition: Transition, source: ClosedSource, name: string, more: number): Violation => {
  const { text, details, fix } = source.end();
  return {
    kind: source.kind,
    standing: source.standing,
    curable: true,
    message: `${sentence(transition, source, name)} ${text}`,
    details,
    fix,
    more,
  };
};

const firstOf = (sources: Iterable<ClosedSource>): readonly ClosedSource[] => {
  const found: ClosedSource[] = [];
  let isNew = false;
  for (const source of sources) {
    found.push(source);
    isNew ||= source.standing === "new";
    if (isNew && found.length >= MOST_SOURCES) break;
  }
  return found;
};

/** Words for the sources that a required path is closed for, each standing sorted by name. */
export const closedViolations = (transition: Transition, sources: Iterable<ClosedSource>): readonly Violation[] => {
  const groups = Map.groupBy(firstOf(sources), ({ kind, standing }) => `${kind}/${standing}`);
  return [...groups.values()].flatMap((group) => {
    const sorted = group
      .map((source) => ({ source, name: classText(source.from) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const shown = sorted.slice(0, MOST_WORDED);
    return shown.map(({ source, name }, index) =>
      worded(transition, source, name, index === shown.length - 1 ? sorted.length - shown.length : 0),
    );
  });
};
