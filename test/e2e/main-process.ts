import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startGuardian } from "../control-plane/guardian.ts";
import type { CommandResult } from "../control-plane/kubectl.ts";

/** A run of src/main.ts. */
export interface MainProcess {
  /** What it has written to standard error so far. */
  readonly stderr: () => string;
  /** Settles when it has ended and all of its output is there. */
  readonly ended: Promise<CommandResult>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<CommandResult>;
}

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Where a suite may write; it goes when the test process does. */
export const scratchDirectory = mkdtempSync(join(tmpdir(), "netpol-guard-e2e-"));
const guardian = startGuardian(scratchDirectory);

/** Runs src/main.ts in a process of its own, in an environment without the tester's settings. */
export const startMain = (args: readonly string[]): MainProcess => {
  const env = { PATH: process.env["PATH"], HOME: scratchDirectory };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("Expected main.ts to have a process id, got none");
  guardian.started(pid);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const ended = Promise.all([once(child, "close") as Promise<[number | null]>, text(child.stdout)]).then(
    ([[code], stdout]) => {
      guardian.ended(pid);
      return { code, stdout, stderr: errors };
    },
  );
  return {
    stderr: () => errors,
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
};
