import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { GuardSettings } from "../guard/settings.ts";
import type { UnsupportedLanguage } from "../guard/unsupported.ts";
import type { KnownViolations } from "../guard/known-violations.ts";
import { findingsText } from "../guard/message.ts";
import type { Past } from "../guard/past.ts";
import { presentFindings, presentViolations } from "../guard/present-violations.ts";
import type { Finding } from "../guard/verdict.ts";
import type { StateFollower, StateSource } from "../guard/state-source.ts";
import { Ledger } from "./ledger.ts";
import { GuardError } from "../model/errors.ts";
import { refKey, refText, type Endpoint, type ObjectRef } from "../model/objects.ts";

/** What is judged again, by what, and who hears of it. */
export interface ReJudgingOptions {
  readonly index: StateSource["index"];
  readonly settings: () => GuardSettings;
  readonly known: KnownViolations;
  readonly past: Past;
  readonly unsupported: () => readonly UnsupportedLanguage[];
  readonly log: Logger;
  /** What running pods have is noted anew: it should be kept where a restart finds it. */
  readonly onNoted: () => void;
  /** Something came past the guard; called while judging, so it returns at once. */
  readonly onSlipped?: (slip: Slip) => void;
}

/** What came past the guard with one endpoint. */
export interface Slip {
  readonly endpoint: Endpoint;
  /** `type/name` of the rules of which something is news. */
  readonly codes: ReadonlySet<string>;
  /** In words; empty where that took too long. */
  readonly findings: readonly Finding[];
}

/** Judging what is there again and again, beside the requests. */
export interface ReJudging {
  /** Has what changes judged soon. */
  readonly follower: StateFollower;
  /** Violations that came past the guard since it started. */
  readonly slipped: () => number;
  /** How often everything that waited was judged. */
  readonly rounds: () => number;
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>;
}

/** Events come in bursts: what comes within this time is judged together, long before the five seconds are over. */
const GATHER_MS = 250;
/** Requests are let through after so long. */
const SLICE_MS = 5;
/** So long one endpoint may take; a cluster in which everything reaches everything has no better answer. */
const ENDPOINT_MS = 100;
/** Beyond so many, everything is judged. */
const MOST_WAITING = 100_000;
/** What runs on is noted again, or its memory would fade while it runs. */
const EVERYTHING_EVERY_MS = 600_000;

const budget = (): (() => void) => {
  const end = performance.now() + ENDPOINT_MS;
  return () => {
    if (performance.now() > end) throw new GuardError("an endpoint took too long to be judged again");
  };
};

/**
 * Judges all endpoints, and again those that events touch. Their violations are noted as known; one that a request would have been
 * refused for and that is news has slipped past the guard (another replica admitted the other half of it, or nobody was
 * asked), which is reported. What was there when it began is no news.
 */
export const startReJudging = (options: ReJudgingOptions): ReJudging => {
  const { index, settings, known, past, unsupported, log, onNoted, onSlipped } = options;
  const waiting = new Map<string, ObjectRef>();
  /** What was there when it began and was not judged yet. It waits before all that events add. */
  const unseen = new Set<string>();
  const stopping = new AbortController();
  const ledger = new Ledger(known);
  let rounds = 0;
  let slipped = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const inWords = (endpoint: Endpoint, codes: ReadonlySet<string>): readonly Finding[] => {
    try {
      return presentFindings(index, endpoint, settings(), codes, budget(), { past, unsupported: unsupported() });
    } catch (cause) {
      if (!(cause instanceof GuardError)) throw cause;
      return [];
    }
  };

  const report = (endpoint: Endpoint, codes: ReadonlySet<string>): void => {
    const findings = inWords(endpoint, codes);
    log.warn({ object: refText(endpoint.ref), codes: [...codes], findings: findingsText(findings) }, "slipped");
    onSlipped?.({ endpoint, codes, findings });
  };

  const judgeOne = (ref: ObjectRef, isFirst: boolean): void => {
    const endpoint = index.endpoint(ref);
    const cls = index.classOf(ref);
    if (endpoint === undefined || cls === undefined) return;
    const isRunning = endpoint.phase === "running";
    try {
      const found = presentViolations(index, endpoint, settings(), budget(), { past, unsupported: unsupported() });
      const news = ledger.take(cls, index.identityKey(endpoint), found);
      if (!isFirst && news.size > 0) {
        slipped += news.size;
        report(endpoint, news);
      }
      if (!isRunning || found.length === 0) return;
      let isWorthKeeping = false;
      for (const { precedents } of found)
        for (const { keys, ports } of precedents)
          for (const key of keys) if (known.note(key, ports)) isWorthKeeping = true;
      if (isWorthKeeping) onNoted();
    } catch (cause) {
      if (!(cause instanceof GuardError)) throw cause;
      log.debug({ object: refText(ref), cause: cause.message }, "not judged again");
    }
  };

  const run = async (): Promise<void> => {
    let end = performance.now() + SLICE_MS;
    for (const [key, ref] of waiting) {
      if (stopping.signal.aborted) return;
      waiting.delete(key);
      judgeOne(ref, unseen.delete(key));
      if (performance.now() < end) continue;
      await nextTurn();
      end = performance.now() + SLICE_MS;
    }
    rounds += 1;
  };

  const start = (): void => {
    clearTimeout(timer);
    timer = undefined;
    running = run()
      .catch((error: unknown) => {
        log.error({ err: error }, "judging again failed");
      })
      .finally(() => {
        running = undefined;
        if (waiting.size > 0) soon();
      });
  };
  const soon = (): void => {
    if (timer !== undefined || running !== undefined || stopping.signal.aborted) return;
    timer = setTimeout(start, GATHER_MS);
  };

  const add = (endpoints: Iterable<Endpoint>): void => {
    for (const { ref } of endpoints) waiting.set(refKey(ref), ref);
    soon();
  };
  const addAll = (): void => {
    if (rounds === 0) for (const { ref } of index.oneOfEach()) unseen.add(refKey(ref));
    add(index.oneOfEach());
  };
  const everything = setInterval(addAll, EVERYTHING_EVERY_MS);
  addAll();
  start();

  return {
    follower: {
      changed: ({ ref, type, selectors }) => {
        if (type === "endpoint") {
          waiting.set(refKey(ref), ref);
          soon();
        } else for (const selector of selectors) add(index.oneOfEach(selector));
        if (waiting.size > MOST_WAITING) {
          waiting.clear();
          addAll();
        }
      },
      relisted: addAll,
    },
    slipped: () => slipped,
    rounds: () => rounds,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      clearInterval(everything);
      await running;
    },
  };
};
