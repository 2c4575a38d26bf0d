import { audited } from "../guard/audited.ts";
import type { Change } from "../guard/change.ts";
import { judge } from "../guard/guard.ts";
import { passesUnjudged, refusesUndecided, wantsConfirmation, wantsEverything } from "../guard/refusal.ts";
import type { GuardSettings } from "../guard/settings.ts";
import type { Past } from "../guard/past.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { Verdict } from "../guard/verdict.ts";
import { GuardError } from "../model/errors.ts";
import type { Deadline } from "./deadline.ts";

/** What a change is judged by. */
export interface DecideOptions {
  readonly source: StateSource;
  readonly settings: () => GuardSettings;
  readonly past: Past;
}

/** How a review is to be answered: as the settings say, or (in an emergency) so that nothing is refused. */
export type Strictness = "as configured" | "audit only";

/** A change that is asked about. */
export interface Question {
  readonly change: Change;
  /** Resource version of the object that it replaces; undefined for a creation. */
  readonly replaces: string | undefined;
  /** The name is still to be generated: the object cannot be told from others yet. */
  readonly unnamed: boolean;
}

/** So often a denial is confirmed: objects that change as fast as they are read settle nothing. */
const MOST_CONFIRMED = 3;

const judgeChange = ({ source, settings, past }: DecideOptions, change: Change, tick: () => void): Verdict => {
  const current = settings();
  if (passesUnjudged(change, current)) return { kind: "allow", findings: [] };
  const undecided = (reason: string): Verdict => ({
    kind: "undecided",
    cause: new GuardError(reason),
    refused: refusesUndecided(change, current),
  });
  const reason = source.notReady();
  if (reason !== undefined) return undecided(reason);
  if (change.operation !== "DELETE" && change.object === undefined)
    return undecided("the pod that is bound is not known here yet");
  return source.judgeAll(() => judge(source.index, change, current, tick, source.unsupported(), past));
};

const isAllowed = (verdict: Verdict): boolean =>
  verdict.kind === "allow" || (verdict.kind === "undecided" && !verdict.refused);

/**
 * Judges a change, what a denial rests on being read anew. What is admitted is laid over the state with nothing awaited
 * in between: two changes that are legal alone and not together cannot both pass. Where nothing is refused, nothing is
 * laid over either: whoever can call the guard could plant what breaks a rule.
 */
export const decide = async (
  options: DecideOptions,
  { change, replaces, unnamed }: Question,
  { tick, leftMs }: Deadline,
  strictness: Strictness,
): Promise<Verdict> => {
  const { source, settings } = options;
  const settle = (verdict: Verdict): Verdict => {
    if (strictness === "audit only") return audited(verdict);
    if (isAllowed(verdict) && !change.dryRun && !unnamed) source.admitted(change, replaces);
    return verdict;
  };
  const undecided = (cause: unknown): Verdict => {
    if (!(cause instanceof GuardError)) throw cause;
    return settle({ kind: "undecided", cause, refused: refusesUndecided(change, settings()) });
  };
  if (wantsEverything(change, settings()))
    try {
      await source.caughtUp(leftMs());
    } catch (cause) {
      return undecided(cause);
    }
  for (let times = 0; ; times++) {
    const verdict = settle(judgeChange(options, change, tick));
    if (verdict.kind !== "deny" || times >= MOST_CONFIRMED || !wantsConfirmation(verdict, settings())) return verdict;
    try {
      if (!(await source.confirm(verdict.restsOn, leftMs()))) return verdict;
    } catch (cause) {
      // Both refuse, and the denial says more.
      return refusesUndecided(change, settings()) ? verdict : undecided(cause);
    }
  }
};
