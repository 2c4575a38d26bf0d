import type { Logger } from "pino";
import { KnownViolations, type KnownOptions } from "../guard/known-violations.ts";
import type { Past } from "../guard/past.ts";
import { GuardError } from "../model/errors.ts";

type Entries = ReturnType<KnownViolations["lately"]>;

/** Where what is known outlives a process. Its functions throw GuardError. */
export interface EntryStore {
  load(): Promise<Entries>;
  /** Replaces what is kept by what `merged` makes of it. */
  save(merged: (kept: Entries) => Entries): Promise<void>;
}

/** The violations of pods that ran lately, kept where a restart and other replicas find them. */
export interface Memory {
  readonly known: KnownViolations;
  readonly past: Past;
  /** Resolves once what is kept is taken over, or could not be. */
  readonly load: () => Promise<void>;
  /** Keeps it soon. */
  readonly keep: () => void;
  /** Resolves when it is kept, and nothing of it runs any more. */
  readonly stop: () => Promise<void>;
}

/** What is noted within this time is written once: pods run far longer than that. */
const KEEP_EVERY_MS = 10_000;

/** A guard without its memory is better than none: it refuses more, and nothing waits for it longer than this. */
const ANSWER_MS = 10_000;

/** A memory in a store. */
export const openMemory = (store: EntryStore, options: Omit<KnownOptions, "now">, log: Logger): Memory => {
  const now = (): number => Date.now();
  const known = new KnownViolations({ ...options, now });
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let saving: Promise<void> = Promise.resolve();
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    let waiting: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      waiting = setTimeout(() => {
        reject(new GuardError(`no answer within ${String(ANSWER_MS / 1000)} s`));
      }, ANSWER_MS);
    });
    try {
      await Promise.race([work(), over]).finally(() => {
        clearTimeout(waiting);
      });
    } catch (cause) {
      if (!(cause instanceof GuardError)) throw cause;
      log.warn({ cause: cause.message }, what);
    }
  };
  const save = async (): Promise<void> => {
    if (!isDue) return;
    isDue = false;
    await attempt("memory not kept", () =>
      store.save((kept) => {
        known.merge(kept);
        return known.lately();
      }),
    );
  };
  const saveInTurn = (): Promise<void> => (saving = saving.then(save));
  return {
    known,
    past: { now, had: (key, ports) => known.had(key, ports) },
    load: () =>
      attempt("memory not read", async () => {
        known.merge(await store.load());
      }),
    keep: () => {
      isDue = true;
      timer ??= setTimeout(() => {
        timer = undefined;
        void saveInTurn();
      }, KEEP_EVERY_MS);
    },
    stop: async () => {
      clearTimeout(timer);
      await saveInTurn();
    },
  };
};
