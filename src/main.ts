import { Command, CommanderError } from "commander";
import type { ExitCode } from "./cli/command.ts";
import { SUBCOMMANDS } from "./cli/index.ts";
import { noProgress, terminalProgress } from "./cli/progress.ts";
import { VERSION } from "./cli/version.ts";
import { DecodeError, GuardError } from "./model/errors.ts";

const fail = (text: string): void => {
  process.stderr.write(`netpol-guard: ${text}\n`);
  process.exitCode = 2;
};

const run = async (): Promise<void> => {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      ending.abort();
    });
  // A reader who has seen enough (`| head`) closes the pipe: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") fail(error.message);
    process.exit();
  });
  const program = new Command("netpol-guard")
    .description("knows what a network policy change opens, and refuses it with a witness")
    .version(VERSION)
    .showHelpAfterError("(see netpol-guard --help)")
    .exitOverride();
  for (const subcommand of SUBCOMMANDS)
    subcommand(program, {
      environment: process.env,
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      progress: process.stderr.isTTY ? terminalProgress((text) => void process.stderr.write(text)) : noProgress,
      colour: process.stdout.isTTY && process.stdout.hasColors(),
      exit: (code: ExitCode) => {
        process.exitCode = code;
      },
      signal: ending.signal,
    });
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof DecodeError || error instanceof GuardError) fail(error.message);
    else fail(`unexpected failure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
};

await run();
