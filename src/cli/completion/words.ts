import type { Argument, Command, Option } from "commander";

/** What can be typed behind a command. */
export interface CommandWords {
  /** The names that lead to it: `["config", "validate"]`; none for the program itself. */
  readonly path: readonly string[];
  readonly subcommands: readonly DescribedWord[];
  readonly options: readonly OptionWords[];
  /** What its first argument may be, where that is a list; a shell offers files otherwise. */
  readonly choices: readonly string[];
}

/** A word, and one line about it. */
export interface DescribedWord {
  readonly name: string;
  readonly description: string;
}

/** An option of a command. */
export interface OptionWords {
  /** `-o`, `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What its value may be, where that is a list. */
  readonly choices: readonly string[];
}

const optionWords = ({ short, long, description, required, optional, argChoices }: Option): OptionWords => ({
  flags: [short, long].filter((flag) => flag !== undefined),
  description,
  takesValue: required || optional,
  choices: argChoices ?? [],
});

const choicesOf = (argument: Argument | undefined): readonly string[] => argument?.argChoices ?? [];

/** Every command of a program and all that its help names, the program itself first: what help shows can be completed. */
export const wordsOf = (command: Command, path: readonly string[] = []): readonly CommandWords[] => {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const own: CommandWords = {
    path,
    subcommands: subcommands.map((each) => ({ name: each.name(), description: each.description() })),
    options: help.visibleOptions(command).map(optionWords),
    choices: choicesOf(command.registeredArguments[0]),
  };
  return [own, ...subcommands.flatMap((each) => wordsOf(each, [...path, each.name()]))];
};
