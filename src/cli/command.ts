import type { Command } from "commander";
import type { ProgressLine } from "./progress.ts";

/** What a subcommand may touch of the process that runs it. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Says how far something is that takes its time. */
  readonly progress: () => ProgressLine;
  /** Whether standard output is a terminal that takes ANSI colours. */
  readonly colour: boolean;
  /** The exit code once the command has ended by itself. */
  readonly exit: (code: ExitCode) => void;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** 0 fine, 1 violations, 2 usage or unreadable input. */
export type ExitCode = 0 | 1 | 2;

/** A subcommand: adds itself to the program. */
export type Subcommand = (program: Command, context: CommandContext) => void;
