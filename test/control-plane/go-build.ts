import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { GoModule } from "./cache-directory.ts";
import { withLock } from "./lock.ts";

/** Takes text about a build's progress, newlines and all. */
export type Report = (text: string) => void;

/** What the build of a module's programs is like. */
export interface GoTools extends GoModule {
  /** What the linker writes into them: `-X PACKAGE.VARIABLE=VALUE`. */
  readonly stamps: readonly string[];
  /** Names that go gives a program, and those that it is to have. */
  readonly renamed: Readonly<Record<string, string>>;
  /** How long it takes, for people who wait. */
  readonly duration: string;
}

/** A workspace file above the checkout must not change what is built. */
const withoutWorkspace = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, GOWORK: "off" });

/** Why this machine's Go cannot build a module's programs (none there, or too old for go.mod), if so. */
export const goTrouble = ({ name, directory }: GoModule, env: NodeJS.ProcessEnv): string | undefined => {
  const { error, status, stderr } = spawnSync("go", ["list", "-m"], {
    cwd: directory,
    env: withoutWorkspace(env),
    encoding: "utf8",
  });
  if (error !== undefined) return "there is no go command";
  return status === 0 ? undefined : `go does not take test/${name}/go.mod: ${stderr.trim()}`;
};

const goBuild = async (tools: GoTools, output: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> => {
  // -s -w leaves out the symbol tables: a third of the size, and much of the linker's time and memory.
  const args = ["build", "-trimpath", "-ldflags", ["-s -w", ...tools.stamps].join(" "), "-o", `${output}/`, "tool"];
  const options = { cwd: tools.directory, env: withoutWorkspace(env) };
  const child = spawn("go", args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    messages += text;
    report(text);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`go build of ${tools.name} ended with ${String(code)}:\n${messages}`);
  for (const [given, wanted] of Object.entries(tools.renamed)) await rename(join(output, given), join(output, wanted));
};

/** What a build that was cut off has left; only called with the lock held. */
const removeLeftovers = async (prefix: string): Promise<void> => {
  for (const name of await readdir(dirname(prefix))) {
    if (name.startsWith(basename(prefix))) await rm(join(dirname(prefix), name), { recursive: true, force: true });
  }
};

/** Builds a module's programs into `directory`, which appears complete or not at all. */
export const buildTools = async (
  tools: GoTools,
  directory: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> => {
  await mkdir(dirname(directory), { recursive: true });
  report(`waiting for ${directory}.lock\n`);
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    const prefix = `${directory}.building-`;
    await removeLeftovers(prefix);
    const building = await mkdtemp(prefix);
    try {
      report(`go build into ${directory} (${tools.duration} on two cores when Go's own cache is cold)\n`);
      await goBuild(tools, building, env, report);
      await rename(building, directory);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      // The other of two builders over a dead lock was first: what it published is as good.
      if (!existsSync(directory)) throw error;
    }
  });
};
