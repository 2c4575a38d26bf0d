import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { moduleDirectory } from "./cache-directory.ts";
import { withLock } from "./lock.ts";

/** Takes text about a build's progress, newlines and all. */
export type Report = (text: string) => void;

/** What the release build stamps; without it the server calls itself v0.0.0, which clients take for a version. */
const stamps = ["gitVersion=v1.36.3", "gitMajor=1", "gitMinor=36"].map(
  (stamp) => `-X k8s.io/component-base/version.${stamp}`,
);

/** -s -w leaves out the symbol tables: a third of the size, and much of the linker's time and memory. */
const linkerFlags = ["-s -w", ...stamps].join(" ");

/** A workspace file above the checkout must not change what is built. */
const withoutWorkspace = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, GOWORK: "off" });

/** Why this machine's Go cannot build the control plane (none there, or too old for go.mod), if so. */
export const goTrouble = (env: NodeJS.ProcessEnv): string | undefined => {
  const { error, status, stderr } = spawnSync("go", ["list", "-m"], {
    cwd: moduleDirectory,
    env: withoutWorkspace(env),
    encoding: "utf8",
  });
  if (error !== undefined) return "there is no go command";
  return status === 0 ? undefined : `go does not take test/control-plane/go.mod: ${stderr.trim()}`;
};

const goBuild = async (output: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> => {
  const args = ["build", "-trimpath", "-ldflags", linkerFlags, "-o", `${output}/`, "tool"];
  const options = { cwd: moduleDirectory, env: withoutWorkspace(env) };
  const child = spawn("go", args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    messages += text;
    report(text);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`go build of the control plane ended with ${String(code)}:\n${messages}`);
  // go names a program after the last part of its path that is not a version: go.etcd.io/etcd/server/v3 is "server".
  await rename(join(output, "server"), join(output, "etcd"));
};

/** What a build that was cut off has left; only called with the lock held. */
const removeLeftovers = async (prefix: string): Promise<void> => {
  for (const name of await readdir(dirname(prefix))) {
    if (name.startsWith(basename(prefix))) await rm(join(dirname(prefix), name), { recursive: true, force: true });
  }
};

/** Builds the four programs into `directory`, which appears complete or not at all. */
export const buildControlPlane = async (directory: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> => {
  await mkdir(dirname(directory), { recursive: true });
  report(`waiting for ${directory}.lock\n`);
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    const prefix = `${directory}.building-`;
    await removeLeftovers(prefix);
    const building = await mkdtemp(prefix);
    try {
      report(`go build into ${directory} (about six minutes on two cores when Go's own cache is cold)\n`);
      await goBuild(building, env, report);
      await rename(building, directory);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      // The other of two builders over a dead lock was first: what it published is as good.
      if (!existsSync(directory)) throw error;
    }
  });
};
