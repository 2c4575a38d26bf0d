import type { Logger } from "pino";
import { audited } from "../guard/audited.ts";
import type { Change } from "../guard/change.ts";
import { codesText } from "../guard/message.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { Verdict } from "../guard/verdict.ts";
import { DecodeError, GuardError } from "../model/errors.ts";
import { refText } from "../model/objects.ts";
import { changeByBinding } from "./binding.ts";
import type { Deadline } from "./deadline.ts";
import { decide, type DecideOptions, type Strictness } from "./decide.ts";
import { judgeConfiguration, type CheckConfiguration } from "./own-configuration.ts";
import type { RequestObserver } from "./observer.ts";
import { respond } from "./respond.ts";
import { decodeReview, type Review } from "./review.ts";

/** What a review is answered with. */
export interface AnswerOptions extends DecideOptions {
  readonly checkConfiguration: CheckConfiguration;
  readonly log: Logger;
  readonly observer?: RequestObserver;
}

const changeOf = (review: Review, source: StateSource): Change | undefined =>
  review.change ?? (review.binding && changeByBinding(source.index, review.binding));

/** A verdict on what is no change of the cluster's state: the guard's own configuration, or nothing to judge. */
const verdictAside = ({ configuration }: Review, options: AnswerOptions, strictness: Strictness): Verdict => {
  if (configuration === undefined) return { kind: "allow", findings: [] };
  const verdict = judgeConfiguration(configuration, options.checkConfiguration, options.settings().onUndecided);
  return strictness === "audit only" ? audited(verdict) : verdict;
};

const log = (
  { log: logger }: AnswerOptions,
  { uid, requestKind }: Pick<Review, "uid" | "requestKind">,
  { operation, ref }: Pick<Change, "operation" | "ref">,
  verdict: Verdict,
): void => {
  if (verdict.kind === "allow" && verdict.findings.length === 0) return;
  const asked = requestKind === undefined ? {} : { requestKind };
  const cause = verdict.kind === "undecided" ? { cause: verdict.cause } : {};
  logger.info(
    { uid, operation, object: refText(ref), ...asked, decision: verdict.kind, findings: codesText(verdict), ...cause },
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

/** Answering a review failed, by no fault of its sender. */
export class ReviewError extends GuardError {
  readonly uid: string;

  constructor(uid: string, cause: unknown) {
    super("the review could not be answered", { cause });
    this.uid = uid;
  }
}

const answerDecoded = async (
  options: AnswerOptions,
  review: Review,
  deadline: Deadline,
  strictness: Strictness,
): Promise<object> => {
  const shown = options.source.shown();
  if (shown !== undefined) await untilShown(shown, deadline.leftMs());
  const change = changeOf(review, options.source);
  const verdict =
    change === undefined
      ? verdictAside(review, options, strictness)
      : await decide(options, { ...review, change }, deadline, strictness);
  const subject = change ?? review.configuration;
  if (subject !== undefined) log(options, review, subject, verdict);
  const answer = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: respond(review.uid, verdict) };
  options.observer?.answered(subject?.operation ?? "OTHER", verdict, deadline.usedMs() / 1000);
  return answer;
};

/**
 * Answers the body of a review. What was admitted just before is given its time to be seen. Throws DecodeError when the
 * body is no AdmissionReview, ReviewError on any other failure.
 */
export const answerReview = async (
  options: AnswerOptions,
  body: unknown,
  deadline: Deadline,
  strictness: Strictness,
): Promise<object> => {
  const review = decodeReview(body);
  try {
    return await answerDecoded(options, review, deadline, strictness);
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    throw new ReviewError(review.uid, cause);
  }
};
