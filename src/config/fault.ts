import { DecodeError } from "../model/errors.ts";
import { parseConfiguration } from "./load.ts";

/** Why a text is no GuardConfiguration that would load, with file and line; undefined if it is one. */
export const configurationFault = (source: string, file: string): DecodeError | undefined => {
  try {
    parseConfiguration(source, file);
    return undefined;
  } catch (cause) {
    if (cause instanceof DecodeError) return cause;
    throw cause;
  }
};
