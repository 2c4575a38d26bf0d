import { functionName, innerPaths, pathText, quoted, type Shell } from "./shell.ts";
import type { CommandWords, DescribedWord, OptionWords } from "./words.ts";

/** `name:description` for _describe, which takes a colon in a name for its end. */
const described = ({ name, description }: DescribedWord): string =>
  quoted(`${name.replaceAll(":", "\\:")}:${description}`);

/** Offers words of a list with what they mean, or files where it is empty. */
const offer = (what: string, words: readonly DescribedWord[]): string =>
  words.length === 0 ? "_files" : `list=(${words.map(described).join(" ")}); _describe ${what} list`;

const plain = (name: string): DescribedWord => ({ name, description: "" });

const valueCase = ({ path }: CommandWords, { flags, choices }: OptionWords): string =>
  `    (${flags.map((flag) => quoted(`${pathText(path)} ${flag}`)).join("|")}) ${offer("value", choices.map(plain))}; return ;;`;

const commandCases = ({ path, subcommands, options, choices }: CommandWords): readonly string[] => [
  `    (${quoted(`${pathText(path)} -`)}) ${offer(
    "-o option",
    options.flatMap(({ flags, description }) => flags.map((name) => ({ name, description }))),
  )} ;;`,
  `    (${quoted(`${pathText(path)} `)}) ${offer("command", [...subcommands, ...choices.map(plain)])} ;;`,
];

/** zsh with compinit. */
export const zsh: Shell = {
  name: "zsh",
  script: (program, commands) => `#compdef ${program}
# Completion for zsh: source it behind compinit, or name it _${program} in a folder of fpath.
${functionName(program)}() {
  local at= index kind= current=\${words[CURRENT]} previous=\${words[CURRENT - 1]}
  local -a list
  for ((index = 2; index < CURRENT; index++)); do
    case "$at \${words[index]}" in
    (${innerPaths(commands).join("|")}) at+=" \${words[index]}" ;;
    esac
  done
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    compset -P '*='
  fi
  case "$at $previous" in
${commands.flatMap((command) => command.options.filter(({ takesValue }) => takesValue).map((option) => valueCase(command, option))).join("\n")}
  esac
  if [[ $current == -* ]]; then kind=-; fi
  case "$at $kind" in
${commands.flatMap(commandCases).join("\n")}
  esac
}
# Called where zsh has loaded this file for a first completion, registered where it is sourced.
if [[ \${funcstack[1]} == _${program} ]]; then ${functionName(program)} "$@"; else compdef ${functionName(program)} ${program}; fi
`,
};
