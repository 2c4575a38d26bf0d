import { spawn } from "node:child_process";
import { once } from "node:events";

/** What comes last says what went wrong. */
const TAIL_CHARACTERS = 4000;

/** How a program of the machine has ended. */
interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the machine. Throws with the end of its output where it fails. */
export const run = async (
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return texts;
  const tail = `${texts.stdout}${texts.stderr}`.slice(-TAIL_CHARACTERS);
  throw new Error(`${[command, ...args].join(" ")} ended with ${String(code)}:\n${tail}`);
};
