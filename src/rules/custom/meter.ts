import { GuardError } from "../../model/errors.ts";

/** Counts the steps of an evaluation: an expression stops when they, or the time, are used up. */
export class StepMeter {
  #left = 0;
  #tick: () => void = () => undefined;
  #failure: Error | undefined;

  /** Begins to count anew. */
  start(steps: number, tick: () => void): void {
    this.#left = steps;
    this.#tick = tick;
    this.#failure = undefined;
  }

  /** What stopped the evaluation: thrown by `tick`, or by what it was handed. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get isUsedUp(): boolean {
    return this.#left < 0;
  }

  /** Stops the evaluation. */
  fail(cause: unknown): Error {
    this.#failure ??=
      cause instanceof Error ? cause : new GuardError("an expression could not be evaluated", { cause });
    return this.#failure;
  }

  /** Takes one step; false when there is none left. It does not throw, because CEL's `||` would swallow that. */
  step(): boolean {
    if (this.#failure !== undefined || --this.#left < 0) return false;
    try {
      this.#tick();
      return true;
    } catch (cause) {
      this.fail(cause);
      return false;
    }
  }
}
