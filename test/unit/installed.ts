import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { noProgress } from "../../src/cli/progress.ts";
import { SUBCOMMANDS } from "../../src/cli/index.ts";
import { ROOT } from "./cli/program.ts";

/** The PATH of a user who has this checkout's netpol-guard installed; it is put into a folder. */
export const installedPath = (folder: string): string => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(resolve(ROOT, "bin/netpol-guard.js"), join(bin, "netpol-guard"));
  return [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
};

/** The program as it is put together, to be asked for its commands. */
export const assembledProgram = (): Command => {
  const program = new Command("netpol-guard").version("0");
  const nothing = (): void => undefined;
  const context = {
    environment: {},
    out: nothing,
    err: nothing,
    progress: noProgress,
    colour: false,
    exit: nothing,
    signal: new AbortController().signal,
  };
  for (const subcommand of SUBCOMMANDS) subcommand(program, context);
  return program;
};

/** Whether the program has a command of this name. */
export const hasCommand = (name: string): boolean => assembledProgram().commands.some((each) => each.name() === name);
