/** What takes less than this needs no word. */
const QUIET_MS = 1000;
/** Often enough to be seen moving. */
const EVERY_MS = 200;
/** Back to the beginning of the line, which is cleared. */
const CLEAR_LINE = "\r\u001b[K";

/** One line of a terminal that is written again and again. */
export interface ProgressLine {
  /** Writes the text, if something is due to be said. */
  readonly show: (text: () => string) => void;
  /** Takes the line away again. */
  readonly clear: () => void;
}

/** A line on a terminal that `write` writes to. */
export const terminalProgress =
  (write: (text: string) => void, now: () => number = () => performance.now()) =>
  (): ProgressLine => {
    let due = now() + QUIET_MS;
    let isThere = false;
    return {
      show: (text) => {
        if (now() < due) return;
        due = now() + EVERY_MS;
        isThere = true;
        write(`${CLEAR_LINE}${text()}`);
      },
      clear: () => {
        if (isThere) write(CLEAR_LINE);
        isThere = false;
      },
    };
  };

/** Where nobody watches: nothing is said. */
export const noProgress = (): ProgressLine => ({ show: () => undefined, clear: () => undefined });
