import type { Clock } from "./clock.ts";

/** Bounds the time of one attempt: its signal is aborted when a limit passes, or when the whole is to stop. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #stop: AbortSignal;
  readonly #controller = new AbortController();
  #callOff: () => void = () => undefined;

  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.#stop = stop;
    if (stop.aborted) this.#onStop();
    else stop.addEventListener("abort", this.#onStop);
  }

  /** For everything that the attempt does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on `ms` milliseconds are left, in place of the limit before; when they have passed, `reason()` aborts. */
  limit(ms: number, reason: () => Error): void {
    this.#callOff();
    this.#callOff = this.#clock.after(ms, () => {
      this.#controller.abort(reason());
    });
  }

  /** Ends the attempt for `reason`. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** No limit holds until the next one is set. */
  rest(): void {
    this.#callOff();
  }

  /** Ends the limit and lets go of the outer signal. */
  end(): void {
    this.#callOff();
    this.#stop.removeEventListener("abort", this.#onStop);
  }

  readonly #onStop = (): void => {
    this.#controller.abort(this.#stop.reason);
  };
}
