import type { GuardProcess } from "./guard-process.ts";

/** What a guard logged of a request. */
export interface LoggedReview {
  /** Kind, namespace and name, such as `Pod shop/web`. */
  readonly object: string;
  readonly decision: string;
  readonly findings: string;
}

/** The requests of which a guard had anything to say, in their order. */
export const loggedReviews = ({ stderr }: GuardProcess): readonly LoggedReview[] =>
  stderr()
    .split("\n")
    .filter((line) => line.includes('"msg":"review"'))
    .map((line): LoggedReview => JSON.parse(line))
    .map(({ object, decision, findings }) => ({ object, decision, findings }));
