import type { Logger } from "pino";
import { followConfiguration } from "../config/follow.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import { prepare } from "../guard/guard.ts";
import type { GuardSettings } from "../guard/settings.ts";

/** The configuration in force: the last one of the file that could be read. */
export interface Configuration {
  readonly settings: () => GuardSettings;
  readonly state: () => ConfigurationState;
  /** Keeps this state ready for whichever rules are in force. */
  readonly applyTo: (index: ClusterIndex) => void;
  readonly stop: () => void;
}

/** Which configuration that is. */
export interface ConfigurationState {
  readonly settings: GuardSettings;
  /** SHA-256 of its text, hexadecimal. */
  readonly digest: string;
  /** When it was taken over, milliseconds since 1970. */
  readonly takenAt: number;
  /** Whether the file holds it still: not where it holds one that was refused. */
  readonly isCurrent: boolean;
}

/** Reads a configuration file and follows it; the logger has the level that it says. Throws DecodeError where it cannot be read at first. */
export const startConfiguration = async (file: string, log: Logger): Promise<Configuration> => {
  let index: ClusterIndex | undefined;
  const { level } = log;
  const take = (
    { settings, notes, digest, logLevel }: LoadedConfiguration,
    before?: GuardSettings,
  ): ConfigurationState => {
    log.level = logLevel ?? level;
    for (const note of notes) log.warn({ note }, "configuration");
    if (index !== undefined) prepare(index, settings, before);
    return { settings, digest, takenAt: Date.now(), isCurrent: true };
  };
  const followed = await followConfiguration(file, {
    changed: (loaded) => {
      state = take(loaded, state.settings);
      log.info({ rules: loaded.settings.rules.length }, "configuration reloaded");
    },
    refused: (error) => {
      state = { ...state, isCurrent: false };
      log.error({ cause: `${error.path}: ${error.message}` }, "configuration refused, the one before stays");
    },
  });
  let state = take(followed);
  return {
    settings: () => state.settings,
    state: () => state,
    applyTo: (given) => {
      index = given;
      prepare(given, state.settings);
    },
    stop: followed.stop,
  };
};
