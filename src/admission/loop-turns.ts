/** So long reviews are judged before sockets, timers and watch events have their turn again. */
const TURN_MS = 5;

/**
 * Spreads work over turns of the event loop. What arrives together would otherwise be done in one of them, and while V8
 * marks a large heap, a tenth of a second passes before anything else is heard. Work begins in the order in which it came.
 */
export class LoopTurns {
  readonly #turnMs: number;
  readonly #now: () => number;
  /** How much there is of it is bounded by whoever holds what it works on. */
  #waiting: (() => void)[] = [];
  /** When the turn that is under way has had its time; undefined between turns. */
  #end: number | undefined;

  constructor(turnMs = TURN_MS, now: () => number = () => performance.now()) {
    this.#turnMs = turnMs;
    this.#now = now;
  }

  /** Runs `work` now if this turn has time left, else in the first one that has. Its errors are the caller's. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#end === undefined) this.#begin();
    if (this.#waiting.length === 0 && !this.#isOver()) return work();
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        resolve(work());
      });
    });
  }

  #isOver(): boolean {
    return this.#end !== undefined && this.#now() >= this.#end;
  }

  #begin(): void {
    this.#end = this.#now() + this.#turnMs;
    setImmediate(() => {
      this.#next();
    });
  }

  #next(): void {
    this.#end = undefined;
    if (this.#waiting.length === 0) return;
    this.#begin();
    let started = 0;
    for (const start of this.#waiting) {
      if (started > 0 && this.#isOver()) break;
      start();
      started++;
    }
    this.#waiting = this.#waiting.slice(started);
  }
}
