import type { Logger } from "pino";
import { audited } from "../guard/audited.ts";
import type { Change } from "../guard/change.ts";
import { judge, passesUnjudged, refusesUndecided, type GuardSettings } from "../guard/guard.ts";
import { codesText } from "../guard/message.ts";
import type { Past } from "../guard/past.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { Verdict } from "../guard/verdict.ts";
import { GuardError } from "../model/errors.ts";
import { refText } from "../model/objects.ts";
import { changeByBinding } from "./binding.ts";
import { budgetOf, deadlineOf } from "./deadline.ts";
import { judgeConfiguration, type CheckConfiguration } from "./own-configuration.ts";
import { respond } from "./respond.ts";
import { decodeReview, type Review } from "./review.ts";

/** What a review is answered with. */
export interface AnswerOptions {
  readonly source: StateSource;
  readonly settings: () => GuardSettings;
  readonly past: Past;
  readonly checkConfiguration: CheckConfiguration;
  readonly log: Logger;
}

/** How a review is to be answered: as the settings say, or (in an emergency) so that nothing is refused. */
export type Strictness = "as configured" | "audit only";

const changeOf = (review: Review, source: StateSource): Change | undefined =>
  review.change ?? (review.binding && changeByBinding(source.index, review.binding));

const judgeChange = ({ source, settings, past }: AnswerOptions, change: Change, tick: () => void): Verdict => {
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
  return source.judgeAll(() => judge(source.index, change, current, tick, past));
};

const verdictOn = (
  options: AnswerOptions,
  { configuration }: Review,
  change: Change | undefined,
  tick: () => void,
): Verdict => {
  if (change !== undefined) return judgeChange(options, change, tick);
  if (configuration === undefined) return { kind: "allow", findings: [] };
  return judgeConfiguration(configuration, options.checkConfiguration, options.settings().onUndecided);
};

const log = (
  { log: logger }: AnswerOptions,
  uid: string,
  { operation, ref }: Pick<Change, "operation" | "ref">,
  verdict: Verdict,
): void => {
  if (verdict.kind === "allow" && verdict.findings.length === 0) return;
  const cause = verdict.kind === "undecided" ? { cause: verdict.cause } : {};
  logger.info(
    { uid, operation, object: refText(ref), decision: verdict.kind, findings: codesText(verdict), ...cause },
    "review",
  );
};

/** Waits for what was admitted just before to be seen, and no longer than the review may take. */
const untilShown = async (shown: Promise<void>, budgetMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, budgetMs);
  });
  await Promise.race([shown, over]).finally(() => {
    clearTimeout(timer);
  });
};

/**
 * Answers the body of a review. What was admitted just before is given its time to be seen. Then nothing is awaited
 * between judging a change and laying it over the state: two changes that are legal alone and not together cannot both
 * pass. Where nothing is refused, nothing is laid over either: whoever can call the guard could plant what breaks a rule.
 * Throws DecodeError when the body is no AdmissionReview.
 */
export const answerReview = async (
  options: AnswerOptions,
  body: unknown,
  timeout: unknown,
  strictness: Strictness,
): Promise<object> => {
  const review = decodeReview(body);
  const tick = deadlineOf(timeout);
  const shown = options.source.shown();
  if (shown !== undefined) await untilShown(shown, budgetOf(timeout));
  const change = changeOf(review, options.source);
  const judged = verdictOn(options, review, change, tick);
  const verdict = strictness === "audit only" ? audited(judged) : judged;
  const response = respond(review.uid, verdict);
  const isLaidOver = response.allowed && strictness === "as configured" && !review.unnamed;
  if (change !== undefined && isLaidOver && !change.dryRun) options.source.admitted(change, review.replaces);
  const subject = change ?? review.configuration;
  if (subject !== undefined) log(options, review.uid, subject, verdict);
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
};
