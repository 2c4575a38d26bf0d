import { Option } from "commander";
import { DecodeError } from "../model/errors.ts";

/** What is chosen, by the word that chooses it. */
export type Choices<T> = ReadonlyMap<string, T>;

/** Words that stand for themselves. */
export const wordChoices = (words: readonly string[]): Choices<string> => new Map(words.map((word) => [word, word]));

/** Takes one of the words; throws DecodeError for any other. `name`: what the user set to it. */
export const chosen = <T>(name: string, choices: Choices<T>, word: string): T => {
  const choice = choices.get(word);
  if (choice !== undefined) return choice;
  throw new DecodeError(name, `expected one of ${[...choices.keys()].join(", ")}, found ${word}`);
};

/** An option whose value is one of a list, given by its word; completion offers the words. */
export const choiceOption = <T>(flags: string, description: string, choices: Choices<T>, fallback: string): Option => {
  const option = new Option(flags, description).choices([...choices.keys()]).default(choices.get(fallback), fallback);
  return option.argParser((word: string) => chosen(option.long ?? flags, choices, word));
};
