import { plain } from "../guard/message.ts";
import { refText } from "../model/objects.ts";
import { LEVELS, levelOf } from "./levels.ts";
import type { FindingPlace, LocatedFinding } from "./report.ts";

/** `deploy/db.yaml:12:9`, which terminals and editors open. */
export const placeText = ({ file, line, column }: FindingPlace): string =>
  plain(`${file}:${String(line)}:${String(column)}`);

/** `NetworkPolicy shop/open-db`. */
export const objectText = ({ object }: LocatedFinding): string => plain(refText(object));

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const byPlace = (a: FindingPlace | undefined, b: FindingPlace | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return byText(a.file, b.file) || a.line - b.line || a.column - b.column;
};

const byLevel = (a: LocatedFinding, b: LocatedFinding): number =>
  LEVELS.indexOf(levelOf(a)) - LEVELS.indexOf(levelOf(b));

const byAddress = (a: LocatedFinding, b: LocatedFinding): number =>
  byPlace(a.place, b.place) || byText(objectText(a), objectText(b));

/** As somebody goes through the files; what has no place comes last, by object. */
export const inOrderOfPlace = (findings: readonly LocatedFinding[]): readonly LocatedFinding[] =>
  findings.toSorted((a, b) => byAddress(a, b) || byLevel(a, b));

/** The gravest first, for readers who may not get to see them all. */
export const inOrderOfLevel = (findings: readonly LocatedFinding[]): readonly LocatedFinding[] =>
  findings.toSorted((a, b) => byLevel(a, b) || byAddress(a, b));
