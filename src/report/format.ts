import type { Report } from "./report.ts";

/** What the caller knows of the reader. */
export interface Look {
  /** Whether a terminal shows it that takes ANSI colours. */
  readonly colour: boolean;
}

/** One way to write a report down. */
export interface OutputFormat {
  /** As `--output` names it. */
  readonly name: string;
  /** The whole output, a line feed at its end included. Nothing in it does what a name or label of an object says. */
  readonly render: (report: Report, look: Look) => string;
}
