import type { CommandWords } from "./words.ts";

/** A shell whose completion can be scripted. */
export interface Shell {
  readonly name: string;
  /** The whole script for a program of this name; running it does nothing but say what can be typed. */
  readonly script: (program: string, commands: readonly CommandWords[]) => string;
}

/** A command among the others, in a script: ` config validate`; empty for the program itself. */
export const pathText = (path: readonly string[]): string => path.map((name) => ` ${name}`).join("");

/** A name for functions of scripts. */
export const functionName = (program: string): string => `_${program.replaceAll("-", "_")}`;

/** One word of a script for bash or zsh, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The commands that are below another, by which a script finds out where it is. */
export const innerPaths = (commands: readonly CommandWords[]): readonly string[] =>
  commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(pathText(path)));
