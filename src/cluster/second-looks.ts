import type { LiveReader } from "./live-reader.ts";
import { isEarlier } from "./resource-versions.ts";
import { sharedRuns } from "./shared-runs.ts";
import { pause } from "./watch/clock.ts";
import { errorText } from "./watch/error-text.ts";
import { ApiError, ConnectionError, isGone } from "./watch/errors.ts";
import type { Reflector } from "./watch/reflector-state.ts";
import { currentVersion, lookAgain, type SecondLook, WentBackError } from "./watch/second-look.ts";
import { unlessAborted } from "./watch/unless-aborted.ts";
import { within } from "./within.ts";

/** What is looked at, the watch of the same, and how far both have come. */
export interface Looking<T> extends SecondLook<T> {
  readonly reflector: Pick<Reflector, "state" | "interrupt">;
  /** Everything up to this version was handed over; undefined before the first list. */
  readonly reached: () => string | undefined;
  readonly hasReached: (version: string) => boolean;
  readonly reader: LiveReader;
}

/** A watch that shows nothing for so long is looked at from beside; in a quiet cluster it shows something every minute. */
const LOOK_AFTER_MS = 10_000;

/** Until the next second look where one failed, with and without somebody who waits for it. */
const WAITED_FOR_MS = 500;
const LOOK_AGAIN_MS = 3000;

/** What a second look brought, the watch should bring in milliseconds. */
const BEHIND_MS = 5000;

/** Who comes next waits for it, so it may take a part only of the time of a review; otherwise it takes milliseconds. */
const VERSION_MS = 3000;

interface Waiter {
  readonly version: string;
  readonly resolve: () => void;
}

/** Second looks at what a watch shows: where it is silent, and where somebody waits for it to catch up. */
export class SecondLooks<T> {
  readonly #looking: Looking<T>;
  readonly #currentVersion: () => Promise<string>;
  readonly #waiting = new Set<Waiter>();
  #running: Promise<void> | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  /** The last change that a second look brought, and when. */
  #brought: { readonly version: string; readonly at: number } | undefined;
  #currentAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #error: string | undefined;

  constructor(looking: Looking<T>) {
    this.#looking = looking;
    const { reader, narrowPath, resource } = looking;
    const late = `no version of ${resource.path} came within ${String(VERSION_MS)} ms`;
    this.#currentVersion = sharedRuns(() =>
      within(looking, VERSION_MS, late, (signal) =>
        reader.run(signal, (requests, watchdog) => currentVersion(requests, watchdog, narrowPath)),
      ),
    );
  }

  /** When the last look that succeeded began. */
  get currentAt(): number {
    return this.#currentAt;
  }

  /** When the API server last answered that it will not let us look. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  /** Why the last look failed; undefined if it did not. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Looks if it is time; to be called about once a second. */
  tick(): void {
    const { reflector, clock } = this.#looking;
    const { synced, resourceVersion = "", lastEventAt } = reflector.state();
    const now = clock.now();
    if (this.#brought !== undefined && now - this.#brought.at >= BEHIND_MS) {
      if (isEarlier(resourceVersion, this.#brought.version))
        reflector.interrupt(new ConnectionError("the watch did not show what a second one has shown"));
      this.#brought = undefined;
    }
    const silentMs = now - Math.max(lastEventAt, this.#currentAt);
    if (synced && silentMs >= LOOK_AFTER_MS && now >= this.#nextAt) this.#look();
  }

  /** Resolves when all is held that the API server had when this was called; rejects with the reason of `signal`, or with why it cannot be told. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    const version = await unlessAborted(this.#currentVersion(), signal);
    if (this.#looking.hasReached(version)) return;
    const reached = Promise.withResolvers<undefined>();
    const waiter: Waiter = {
      version,
      resolve: () => {
        reached.resolve(undefined);
      },
    };
    this.#waiting.add(waiter);
    this.#look();
    await unlessAborted(reached.promise, signal).finally(() => this.#waiting.delete(waiter));
  }

  /** More was handed over: to be called whenever it was. */
  handedOver(): void {
    for (const { version, resolve } of this.#waiting) if (this.#looking.hasReached(version)) resolve();
  }

  /** Resolves when none is under way; `stop` is to be aborted before. */
  async ended(): Promise<void> {
    await this.#running;
  }

  #look(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { clock, stop } = this.#looking;
    do {
      const succeeded = await this.#lookOnce();
      if (!succeeded && this.#waiting.size > 0) await pause(clock, WAITED_FOR_MS, stop);
    } while (this.#waiting.size > 0 && !stop.aborted);
  }

  async #lookOnce(): Promise<boolean> {
    const { clock, stop, reflector, reached, resource } = this.#looking;
    const from = reached();
    const { lists } = reflector.state();
    // A list is older than what would come here beside it, and has everything.
    const isListing = (): boolean => reflector.state().phase === "listing" || reflector.state().lists !== lists;
    if (from === undefined || isListing()) return false;
    const since = clock.now();
    try {
      const changed = await lookAgain(this.#looking, from, () => {
        if (isListing()) throw new ConnectionError("a list is being read");
      });
      this.#currentAt = since;
      this.#error = undefined;
      if (changed !== undefined) this.#brought = { version: changed, at: clock.now() };
      return true;
    } catch (error) {
      if (stop.aborted) return false;
      this.#nextAt = clock.now() + LOOK_AGAIN_MS;
      this.#error = `second look at ${resource.path}: ${errorText(error)}`;
      if (error instanceof ApiError) this.#answeredAt = clock.now();
      if (error instanceof WentBackError || (error instanceof ApiError && isGone(error))) reflector.interrupt(error);
      return false;
    }
  }
}
