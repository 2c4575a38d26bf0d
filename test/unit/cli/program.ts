import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

export const ROOT = resolve(import.meta.dirname, "../../..");

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program as a user would, with nothing of this process's environment but the path. */
export const start = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [resolve(ROOT, "src/main.ts"), ...args], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...environment },
  });

/** Runs the program to its end. */
export const run = async (
  args: readonly string[],
  input = "",
  environment: NodeJS.ProcessEnv = {},
): Promise<Ending> => {
  const child = start(args, environment);
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
};
