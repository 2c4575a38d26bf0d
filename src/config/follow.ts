import { DecodeError } from "../model/errors.ts";
import { parseConfiguration, readConfiguration, type LoadedConfiguration } from "./load.ts";

/** The kubelet swaps what a ConfigMap's folder links to, which no watch of the file sees; looking is cheap. */
const LOOK_EVERY_MS = 1000;

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

/** What `work` gives, or the DecodeError that it throws. */
const attempt = async <T>(work: () => T | Promise<T>): Promise<T | DecodeError> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DecodeError) return cause;
    throw cause;
  }
};

/**
 * Reads a GuardConfiguration file, and again whenever its text is another. A text counts once two looks found it: an
 * editor may write a file in several steps. Throws DecodeError when there is none at first.
 */
export const followConfiguration = async (
  file: string,
  follower: ConfigurationFollower,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<FollowedConfiguration> => {
  const first = await readConfiguration(file);
  const loaded = parseConfiguration(first, file);
  /** Undefined for a file that cannot be read. */
  let [inForce, glimpsed]: (string | undefined)[] = [first, first];
  let isStopped = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const found = await attempt(() => readConfiguration(file));
    const text = found instanceof DecodeError ? undefined : found;
    const isSecond = text === glimpsed;
    glimpsed = text;
    if (isStopped || !isSecond || text === inForce) return;
    inForce = text;
    const next = found instanceof DecodeError ? found : await attempt(() => parseConfiguration(found, file));
    if (next instanceof DecodeError) follower.refused(next);
    else follower.changed(next);
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
