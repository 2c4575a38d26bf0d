import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** How a command ended; `code` is null when a signal ended it. */
export type CommandResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs kubectl, or a program that is told of its cluster alike, with `home` for its caches, apart from those of the user; a failure is a code, not an exception. */
export const runKubectl = async (
  kubectl: string,
  args: readonly string[],
  from: { readonly kubeconfig: string; readonly home: string; readonly input?: string | undefined },
): Promise<CommandResult> => {
  const env = { PATH: process.env["PATH"], HOME: from.home, KUBECONFIG: from.kubeconfig };
  const child = spawn(kubectl, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // kubectl may end without reading its input
  child.stdin.end(from.input ?? "");
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
};
