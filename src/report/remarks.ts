import { plain } from "../guard/message.ts";
import { refText } from "../model/objects.ts";
import type { AdmissionOrder, Report, ReportedException } from "./report.ts";

/** What a report has to say beside its findings: a heading, and lines that belong below it. */
export interface Remark {
  readonly title: string;
  readonly lines: readonly string[];
}

/** An item of a list, so that no line begins with what a manifest says: a CI system could take it for a command. */
export const item = (line: string): string => `- ${line}`;

const VERBS = { CREATE: "create", UPDATE: "update", DELETE: "delete" } as const;

const orderRemark = (order: AdmissionOrder): Remark =>
  order.kind === "none"
    ? { title: "No order in which a cluster would admit all of it", lines: [item(order.reason)] }
    : {
        title: "An order in which a cluster would admit it",
        lines: order.steps.map(
          ({ operation, object }, index) => `${String(index + 1)}. ${VERBS[operation]} ${refText(object)}`,
        ),
      };

const daysText = (days: number): string =>
  days < 0 ? "expired" : days === 0 ? "its last day" : `${String(days)} day${days === 1 ? "" : "s"} left`;

const exceptionLine = ({ rule, reason, owner, expires, daysLeft }: ReportedException): string =>
  item(`${rule} until ${expires} (${daysText(daysLeft)}), ${owner}: ${reason}`);

/** The order, what could not be judged, and the exceptions, where there are any; lines that a terminal can be given. */
export const remarksOf = ({ order, evidence }: Report): readonly Remark[] =>
  [
    ...(order === undefined ? [] : [orderRemark(order)]),
    { title: "Not judged", lines: evidence.notJudged.map(item) },
    { title: "Exceptions", lines: evidence.exceptions.map(exceptionLine) },
  ]
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => ({ title, lines: lines.map(plain) }));
