import type { Logger } from "pino";

/** A cause that stays the same is repeated so often: whoever looks later still finds it. */
const REPEAT_MS = 60_000;

/** Logs failures of what is tried again and again: each cause at once, and then once a minute while it lasts. */
export class FailureLog {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #said = new Map<string, { readonly cause: string; readonly at: number }>();

  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** What is at `path` failed for this cause. */
  failed(level: "info" | "warn", path: string, cause: string, message: string): void {
    const said = this.#said.get(path);
    const now = this.#now();
    if (said?.cause === cause && now - said.at < REPEAT_MS) return;
    this.#said.set(path, { cause, at: now });
    this.#log[level]({ path, cause }, message);
  }
}
