import type { KubeConfig } from "@kubernetes/client-node";
import { GuardError } from "../model/errors.ts";
import { type ApiConnections, type ApiRequests, openConnections } from "./watch/api-connection.ts";
import type { Clock } from "./watch/clock.ts";
import { connected } from "./watch/connected.ts";
import { ApiError, ConnectionError } from "./watch/errors.ts";
import { unlessAborted } from "./watch/unless-aborted.ts";
import { Watchdog } from "./watch/watchdog.ts";

/** What is read: it may be read a second time when the first fails. */
type Read<T> = (requests: ApiRequests, watchdog: Watchdog) => Promise<T>;

/** Connections that are kept, and how many reads are under way on them. */
interface Kept {
  readonly connections: Promise<ApiConnections>;
  readonly since: number;
  reads: number;
}

/** A read takes some milliseconds: so many at once are more than a thousand a second. */
const MOST_AT_ONCE = 8;

/** Who would be further back in the queue would be served too late for a review. */
const MOST_UNDER_WAY = 1024;

/**
 * Connections that were kept may be dead without a word. A read that takes so long, a hundred times as long as it
 * should, is begun anew over another one.
 */
const KEPT_ANSWER_MS = 1000;

/** As long as a watch: credentials are read afresh then, and those before stay valid for that long. */
const KEPT_MS = 300_000;

/** Whether connections that were kept can fail for that: closed in the moment of their use, or with a token that has expired. */
const mayBeStale = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && error.code === 401);

/** Reads from the API server, over a few connections that are kept for the next one. */
export class LiveReader {
  readonly #kubeConfig: KubeConfig;
  readonly #clock: Clock;
  #kept: Kept | undefined;
  #underWay = 0;

  constructor(kubeConfig: KubeConfig, clock: Clock) {
    this.#kubeConfig = kubeConfig;
    this.#clock = clock;
  }

  /** What `read` resolves to. Throws what it throws, the reason of `signal`, and GuardError when too much is read at once. */
  async run<T>(signal: AbortSignal, read: Read<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#underWay >= MOST_UNDER_WAY) throw new GuardError("too much is being read from the API server at once");
    this.#underWay += 1;
    try {
      return await this.#runKept(signal, read).catch((error: unknown) => {
        if (signal.aborted || !mayBeStale(error)) throw error;
        return connected({ kubeConfig: this.#kubeConfig, clock: this.#clock, stop: signal }, read);
      });
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Closes the connections, those in use when their reads have ended: the signals of these are to be aborted before. */
  stop(): void {
    this.#retire(this.#kept);
  }

  async #runKept<T>(signal: AbortSignal, read: Read<T>): Promise<T> {
    const kept = this.#connections();
    const watchdog = new Watchdog(this.#clock, signal);
    const callOff = this.#clock.after(KEPT_ANSWER_MS, () => {
      watchdog.abort(
        new ConnectionError(`no answer within ${String(KEPT_ANSWER_MS)} ms over connections that were kept`),
      );
    });
    kept.reads += 1;
    try {
      const connections = await unlessAborted(kept.connections, watchdog.signal);
      return await read(connections.on(watchdog), watchdog);
    } catch (error) {
      if (mayBeStale(error)) this.#retire(kept);
      throw error;
    } finally {
      callOff();
      watchdog.end();
      kept.reads -= 1;
      if (this.#kept !== kept) this.#close(kept);
    }
  }

  #connections(): Kept {
    if (this.#kept !== undefined && this.#clock.now() - this.#kept.since < KEPT_MS) return this.#kept;
    this.#retire(this.#kept);
    const watchdog = new Watchdog(this.#clock, new AbortController().signal);
    const connections = openConnections(this.#kubeConfig, watchdog, MOST_AT_ONCE).finally(() => {
      watchdog.end();
    });
    this.#kept = { connections, since: this.#clock.now(), reads: 0 };
    return this.#kept;
  }

  /** These are used for nothing new. */
  #retire(kept: Kept | undefined): void {
    if (kept === undefined) return;
    if (this.#kept === kept) this.#kept = undefined;
    this.#close(kept);
  }

  #close({ connections, reads }: Kept): void {
    if (reads > 0) return;
    void connections.then(
      ({ close }) => {
        close();
      },
      () => undefined,
    );
  }
}
