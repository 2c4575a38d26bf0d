import { Command } from "commander";
import { noProgress } from "../../../src/cli/progress.ts";
import type { ExitCode, Subcommand } from "../../../src/cli/command.ts";

/** What a subcommand did. */
export interface Done {
  readonly code: ExitCode | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a subcommand in this process; rejects with what it throws. */
export const runInProcess = async (subcommand: Subcommand, args: readonly string[]): Promise<Done> => {
  const done: { code: ExitCode | undefined; stdout: string; stderr: string } = {
    code: undefined,
    stdout: "",
    stderr: "",
  };
  const program = new Command();
  subcommand(program, {
    environment: {},
    out: (text) => void (done.stdout += text),
    err: (text) => void (done.stderr += text),
    progress: noProgress,
    colour: false,
    exit: (code) => {
      done.code = code;
    },
    signal: new AbortController().signal,
  });
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync(args, { from: "user" });
  return done;
};
