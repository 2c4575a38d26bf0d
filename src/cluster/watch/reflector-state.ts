import type { ReflectorError } from "./errors.ts";

/** What a reflector is doing; `waiting` is for the next attempt. */
export type ReflectorPhase = "idle" | "listing" | "connecting" | "watching" | "waiting" | "stopped";

/** A reflector at one moment. */
export interface ReflectorState {
  readonly path: string;
  readonly phase: ReflectorPhase;
  readonly synced: boolean;
  readonly resourceVersion: string | undefined;
  /** As `Reflector.lastEventAt`. */
  readonly lastEventAt: number;
  /** Attempts that failed since a list was complete or a watch open. */
  readonly failures: number;
  /** Why the last of them failed, in one printable line. */
  readonly error: string | undefined;
  /** Lists that were complete, and watches that were opened, since the start. */
  readonly lists: number;
  readonly watches: number;
}

/** Keeps a sink up to date with one resource of a cluster, for as long as it runs. */
export interface Reflector {
  /** Whether a list has been complete; it stays true whatever happens then. */
  readonly synced: boolean;
  /**
   * When the API server last showed life here (a page, an opened watch, an event or a bookmark): milliseconds of the
   * clock in the options, by default `performance.now()`; -Infinity before. Longer than `silenceMs` ago, 75 s by
   * default, is a stall.
   */
  readonly lastEventAt: number;
  /** What the sink has come to; undefined before the first list. */
  readonly resourceVersion: string | undefined;
  /** Starts it, once; throws GuardError after `stop`. */
  start(): void;
  /** Ends the watch that is open, if one is, as if it had failed so: it goes on as after any such failure. */
  interrupt(reason: ReflectorError): void;
  /** Ends it, whatever is under way. Once it resolves nothing runs and the sink hears no more; the sink must not wait for it. */
  stop(): Promise<void>;
  /** Resolves when `synced`; rejects with a GuardError that says what went wrong last, when `signal` is aborted or `stop` called before. */
  waitForSync(signal?: AbortSignal): Promise<void>;
  state(): ReflectorState;
}
