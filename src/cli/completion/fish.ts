import { functionName, pathText, type Shell } from "./shell.ts";
import type { CommandWords, OptionWords } from "./words.ts";

/** One word of a script for fish, where a backslash within quotes counts. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const flagText = (flag: string): string =>
  flag.startsWith("--") ? `-l ${quoted(flag.slice(2))}` : `-s ${quoted(flag.slice(1))}`;

/** `-r`: a value, of which fish takes files for one; `-x`: a value of a list. */
const valueText = ({ takesValue, choices }: OptionWords): string =>
  !takesValue ? "" : choices.length === 0 ? " -r -F" : ` -x -a ${quoted(choices.join(" "))}`;

const linesOf = (start: string, { subcommands, options, choices }: CommandWords): readonly string[] => [
  ...subcommands.map(({ name, description }) => `${start} -f -a ${quoted(name)} -d ${quoted(description)}`),
  ...(choices.length === 0 ? [] : [`${start} -f -a ${quoted(choices.join(" "))}`]),
  ...options.map(
    (option) => `${start} ${option.flags.map(flagText).join(" ")}${valueText(option)} -d ${quoted(option.description)}`,
  ),
];

/** fish 3 and later. */
export const fish: Shell = {
  name: "fish",
  script: (program, commands) => {
    const at = `_${functionName(program)}_at`;
    const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(pathText(path)));
    return `# Completion for fish: source it, or name it ${program}.fish in ~/.config/fish/completions.
function ${at}
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${paths.join(" ")}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${commands
  .flatMap((command) =>
    linesOf(`complete -c ${program} -n ${quoted(`${at} ${quoted(pathText(command.path))}`)}`, command),
  )
  .join("\n")}
`;
  },
};
