import { functionName, innerPaths, pathText, quoted, type Shell } from "./shell.ts";
import type { CommandWords, OptionWords } from "./words.ts";

/** Offers words of a list; nothing where it is empty, so that bash offers files. */
const offer = (words: readonly string[]): string =>
  words.length === 0 ? "COMPREPLY=()" : `COMPREPLY=($(compgen -W ${quoted(words.join(" "))} -- "$current"))`;

const valueCase = ({ path }: CommandWords, { flags, choices }: OptionWords): string =>
  `    ${flags.map((flag) => quoted(`${pathText(path)} ${flag}`)).join(" | ")}) ${offer(choices)}; return ;;`;

const commandCases = ({ path, subcommands, options, choices }: CommandWords): readonly string[] => [
  `    ${quoted(`${pathText(path)} -`)}) ${offer(options.flatMap(({ flags }) => flags))} ;;`,
  `    ${quoted(`${pathText(path)} `)}) ${offer([...subcommands.map(({ name }) => name), ...choices])} ;;`,
];

/** bash 3.2 and later, without the package bash-completion. */
export const bash: Shell = {
  name: "bash",
  script: (program, commands) => `# Completion for bash: source it, or put it where bash-completion looks.
${functionName(program)}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} at= index
  # bash splits --output=json at the equals sign.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at \${COMP_WORDS[index]}" in
    ${innerPaths(commands).join(" | ")}) at+=" \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$at $previous" in
${commands.flatMap((command) => command.options.filter(({ takesValue }) => takesValue).map((option) => valueCase(command, option))).join("\n")}
  esac
  local kind=
  if [[ $current == -* ]]; then kind=-; fi
  case "$at $kind" in
${commands.flatMap(commandCases).join("\n")}
  esac
}
complete -o bashdefault -o default -F ${functionName(program)} ${program}
`,
};
