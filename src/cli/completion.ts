import { Argument } from "commander";
import { chosen } from "./choice.ts";
import type { Subcommand } from "./command.ts";
import { SHELLS } from "./completion/index.ts";
import type { Shell } from "./completion/shell.ts";
import { wordsOf } from "./completion/words.ts";

const CHOICES = new Map(SHELLS.map((shell) => [shell.name, shell]));

/**
 * `completion`: a script that completes this very program. It holds all words, so that a shell starts nothing, and runs
 * nothing of what is being typed, while somebody types.
 */
export const completion: Subcommand = (program, { out, exit }) => {
  const shellArgument = new Argument("<shell>", "whose script")
    .choices([...CHOICES.keys()])
    .argParser((word: string) => chosen("completion", CHOICES, word));
  program
    .command("completion")
    .description("print a script that completes commands, options and their values")
    .addArgument(shellArgument)
    .action((shell: Shell) => {
      out(shell.script(program.name(), wordsOf(program)));
      exit(0);
    });
};
