import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";

/** Told which servers run, so that they end with this process even when it is killed. */
export type Guardian = {
  started(pid: number): void;
  ended(pid: number): void;
  /** Lets the guardian go: it ends what still runs and removes the directory. */
  release(): void;
};

/** Starts the watchdog of `directory`: a process of its own, since handlers of a killed process do not run. */
export const startGuardian = (directory: string): Guardian => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "watchdog.ts"), directory], {
    // Its own session: Ctrl-C and a closed terminal must not end the one that cleans up after them.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  const input = child.stdin;
  // The pipe must not keep this process alive; it is a socket, though typed as a mere stream.
  if (input instanceof Socket) input.unref();
  // Without a watchdog the servers are still ended by stop().
  for (const emitter of [child, input]) emitter.on("error", () => undefined);
  return {
    started: (pid) => input.write(`+${String(pid)}\n`),
    ended: (pid) => input.write(`-${String(pid)}\n`),
    release: () => input.end(),
  };
};
