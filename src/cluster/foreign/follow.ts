import type { KubeConfig } from "@kubernetes/client-node";
import type { UnsupportedLanguage } from "../../guard/unsupported.ts";
import { openConnection } from "../watch/api-connection.ts";
import { type Clock, pause, systemClock } from "../watch/clock.ts";
import { errorText } from "../watch/error-text.ts";
import { ConnectionError } from "../watch/errors.ts";
import { Watchdog } from "../watch/watchdog.ts";
import { askOver } from "./ask.ts";
import { everyKind, lookForForeign, type Look } from "./look.ts";
import { Sightings } from "./sightings.ts";

/** Between two looks: a policy is judged with at most this and a look's own time after one of another language came. */
export const LOOK_EVERY_MS = 5000;

/** A look is a dozen small requests at most; one that takes longer has met a server in trouble. */
export const LOOK_MS = 10_000;

/** Policies of languages that are not judged, as they come and go in a cluster. */
export interface ForeignPolicies {
  /** Whether there was a look, with whatever result. */
  readonly looked: boolean;
  /** Resolves when there was one; never rejects. */
  firstLook(): Promise<void>;
  /** As the last look left it: every language may be there before the first. */
  languages(): readonly UnsupportedLanguage[];
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

const look = async (kubeConfig: KubeConfig, clock: Clock, stop: AbortSignal): Promise<Look> => {
  const over = new AbortController();
  const callOff = clock.after(LOOK_MS, () => {
    over.abort(new ConnectionError(`no answer to all questions within ${LOOK_MS / 1000} s`));
  });
  const watchdog = new Watchdog(clock, AbortSignal.any([stop, over.signal]));
  try {
    const connection = await openConnection(kubeConfig, watchdog);
    try {
      return await lookForForeign(askOver(connection, watchdog));
    } finally {
      connection.close();
    }
  } catch (cause) {
    return everyKind({ error: errorText(cause) });
  } finally {
    watchdog.end();
    callOff();
  }
};

/** Which languages and kinds there are, or may be; the reason for a doubt can change with every look. */
const outlineOf = (languages: readonly UnsupportedLanguage[]): string =>
  JSON.stringify(
    languages.map(({ id, kinds }) => [id, kinds.map(({ group, kind, doubt }) => [group, kind, doubt === undefined])]),
  );

/**
 * Looks for them now and again and again. `onChange` is told after the first look, and after each that changes which
 * languages and kinds there are, or may be.
 */
export const followForeign = (
  kubeConfig: KubeConfig,
  onChange: (languages: readonly UnsupportedLanguage[]) => void,
  clock: Clock = systemClock,
): ForeignPolicies => {
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  const first = Promise.withResolvers<undefined>();
  const sightings = new Sightings();
  let languages = sightings.languages();
  let looked = false;
  const run = async (): Promise<void> => {
    while (!stopped()) {
      const began = clock.now();
      const found = await look(kubeConfig, clock, stopping.signal);
      if (stopped()) break;
      sightings.take(found, began);
      const before = looked ? outlineOf(languages) : undefined;
      languages = sightings.languages();
      looked = true;
      if (outlineOf(languages) !== before) onChange(languages);
      first.resolve(undefined);
      await pause(clock, LOOK_EVERY_MS, stopping.signal);
    }
    first.resolve(undefined);
  };
  const running = run();
  return {
    get looked() {
      return looked;
    },
    firstLook: () => first.promise,
    languages: () => languages,
    stop: async () => {
      stopping.abort(new ConnectionError("the look was stopped"));
      await running;
    },
  };
};
