import { DecodeError } from "../model/errors.ts";
import { parseConfiguration, readConfiguration, type LoadedConfiguration } from "./load.ts";

/** The kubelet swaps what a ConfigMap's folder links to, which no watch of the file sees; looking is cheap. */
const LOOK_EVERY_MS = 2000;

/** Who is told what became of a configuration file. */
export interface ConfigurationFollower {
  /** The file holds another configuration. */
  changed(loaded: LoadedConfiguration): void;
  /** It holds none that can be read; told once for each text. */
  refused(error: DecodeError): void;
}

/** A configuration that is followed. */
export interface FollowedConfiguration extends LoadedConfiguration {
  /** Ends it; the follower hears no more. */
  readonly stop: () => void;
}

/** Reads a GuardConfiguration file, and again whenever its text is another. Throws DecodeError when there is none at first. */
export const followConfiguration = async (
  file: string,
  follower: ConfigurationFollower,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<FollowedConfiguration> => {
  let seen = await readConfiguration(file);
  const loaded = parseConfiguration(seen, file);
  let isStopped = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    let text = "";
    try {
      text = await readConfiguration(file);
      if (isStopped || text === seen) return;
      const next = parseConfiguration(text, file);
      seen = text;
      follower.changed(next);
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause;
      if (isStopped || text === seen) return;
      seen = text;
      follower.refused(cause);
    }
  };
  const lookLater = (): void => {
    timer = setTimeout(() => {
      void look().finally(() => {
        if (!isStopped) lookLater();
      });
    }, lookEveryMs);
  };
  lookLater();
  return {
    ...loaded,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
};
