import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { plain } from "../guard/message.ts";
import type { Finding } from "../guard/verdict.ts";
import { GuardError } from "../model/errors.ts";
import { refKey, refText, type Endpoint } from "../model/objects.ts";

/** An Event about something that came past the guard. */
export interface OffenderEvent {
  readonly endpoint: Endpoint;
  /** What the Event's name ends with; replicas that mean the same give the same. */
  readonly digest: string;
  readonly note: string;
}

/** Where Events are written. Its function throws GuardError. */
export interface EventSink {
  /** Writes one, unless there is one of that name. */
  write(event: OffenderEvent): Promise<void>;
}

/** What became of Events, since the start. */
export interface EventCounts {
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
}

/** Events on offenders. */
export interface OffenderEvents {
  /** Has Events written soon; returns at once. */
  readonly slipped: (endpoint: Endpoint, codes: Iterable<string>, findings: readonly Finding[]) => void;
  readonly counts: () => EventCounts;
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>;
}

/** How often at most; a test has shorter ones. */
export interface EventLimits {
  /** The same is said of the same object once in so long, milliseconds: Events are kept for an hour. */
  readonly sameMs: number;
  /** One Event in so long, milliseconds, after a burst: the API server has other work. */
  readonly everyMs: number;
  readonly burst: number;
  /** So many wait; of more, the metric and the log tell. */
  readonly mostWaiting: number;
}

const LIMITS: EventLimits = { sameMs: 600_000, everyMs: 1000, burst: 20, mostWaiting: 200 };

/** So many are remembered as said; of more, the oldest may be said again. */
const MOST_SAID = 10_000;

/** The API server takes notes of less than 1,024 bytes (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). */
const NOTE_BYTES = 1000;

/** In one line, no longer than the API server takes. */
const noteOf = (code: string, findings: readonly Finding[]): string => {
  const own = findings.filter((finding) => finding.code === code);
  const words = own.flatMap(({ message, details, fix }) => [message, ...details, `fix: ${fix}`]);
  const text = plain([`[${code}] came past the guard`, ...words].join("; "));
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(NOTE_BYTES));
  return text.slice(0, read);
};

const digestOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

/** Writes Events about what came past the guard: each once in a while, and never more than the limits let through. */
export const startEvents = (sink: EventSink, log: Logger, limits: EventLimits = LIMITS): OffenderEvents => {
  const waiting: OffenderEvent[] = [];
  /** When each was said. */
  const said = new Map<string, number>();
  const counts = { sent: 0, dropped: 0, failed: 0 };
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  /** Events that may go at once; it fills up as time goes by. */
  let tokens = limits.burst;
  let filledAt = performance.now();

  const untilAllowed = async (): Promise<void> => {
    const now = performance.now();
    tokens = Math.min(limits.burst, tokens + (now - filledAt) / limits.everyMs);
    filledAt = now;
    if (tokens < 1) await pause((1 - tokens) * limits.everyMs, undefined, { signal: stopping.signal });
    tokens -= 1;
  };
  const write = async (event: OffenderEvent): Promise<void> => {
    try {
      await sink.write(event);
      counts.sent += 1;
    } catch (cause) {
      if (!(cause instanceof GuardError)) throw cause;
      counts.failed += 1;
      log.warn({ object: refText(event.endpoint.ref), cause: cause.message }, "event not written");
    }
  };
  const run = async (): Promise<void> => {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      await untilAllowed();
      await write(event);
    }
  };
  const start = (): void => {
    running ??= run()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) log.error({ err: error }, "events failed");
      })
      .finally(() => {
        running = undefined;
        if (waiting.length > 0 && !stopping.signal.aborted) start();
      });
  };
  const isNews = (key: string): boolean => {
    const now = Date.now();
    if (now - (said.get(key) ?? Number.NEGATIVE_INFINITY) < limits.sameMs) return false;
    said.delete(key);
    said.set(key, now);
    const [oldest] = said.keys();
    if (said.size > MOST_SAID && oldest !== undefined) said.delete(oldest);
    return true;
  };
  return {
    slipped: (endpoint, codes, findings) => {
      for (const code of codes) {
        const key = refKey(endpoint.ref);
        if (stopping.signal.aborted || !isNews(`${code} ${key}`)) continue;
        if (waiting.length >= limits.mostWaiting) {
          counts.dropped += 1;
          continue;
        }
        const period = String(Math.floor(Date.now() / limits.sameMs));
        waiting.push({ endpoint, digest: digestOf(code, key, period), note: noteOf(code, findings) });
      }
      if (waiting.length > 0) start();
    },
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      waiting.length = 0;
      await running;
    },
  };
};
