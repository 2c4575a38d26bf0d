import { spawnSync } from "node:child_process";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGuardian } from "../control-plane/guardian.ts";
import { ServerProcess } from "../control-plane/server-process.ts";
import { run } from "./run.ts";

/** A container engine of the tests' own, with no images but those that they make. */
export interface Engine {
  /** For what is made on the way; it goes with the engine. */
  readonly directory: string;
  /** Runs docker with it. Throws where it fails. */
  readonly docker: (...args: readonly string[]) => ReturnType<typeof run>;
  /** Ends it with all that it holds. */
  readonly stop: () => Promise<void>;
}

/** Debian's packages are docker.io and debootstrap; util-linux has unshare. */
const PROGRAMS = ["dockerd", "docker", "debootstrap", "unshare"];

/** A tree of Debian, the images of it, and a checkout's node_modules: 3 GB at the most, where layers are copied whole 8. */
const SPACE_BYTES = 10e9;

/** Why this machine can have no engine, as far as that can be told without starting it. */
const trouble = async (): Promise<string | undefined> => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it takes root on Linux";
  const missing = PROGRAMS.filter((name) => spawnSync(name, ["--version"]).error !== undefined);
  if (missing.length > 0) return `there is no ${missing.join(", no ")}`;
  const { bavail, bsize } = await statfs(tmpdir());
  return bavail * bsize < SPACE_BYTES ? `${tmpdir()} has less than ${String(SPACE_BYTES / 1e9)} GB left` : undefined;
};

const flags = (directory: string, host: string): readonly string[] => [
  // Mounts of its own, which end with it: a folder that something is mounted in could not be removed.
  ...["--mount", "dockerd", "--host", host],
  ...["--data-root", join(directory, "data"), "--exec-root", join(directory, "run")],
  ...["--pidfile", join(directory, "dockerd.pid")],
  // The machine's network is left as it is; containers share it.
  ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--ip-forward=false"],
];

/** Starts an engine; a string is the reason why this machine can have none. */
export const startEngine = async (): Promise<Engine | string> => {
  const reason = await trouble();
  if (reason !== undefined) return reason;
  const directory = await mkdtemp(join(tmpdir(), "netpol-guard-image-"));
  const guardian = startGuardian(directory);
  const host = `unix://${join(directory, "docker.sock")}`;
  // The builder that every engine has, with no plug-in.
  const docker: Engine["docker"] = (...args) =>
    run("docker", args, { DOCKER_HOST: host, DOCKER_BUILDKIT: "0", DOCKER_CONFIG: join(directory, "client") });
  const server = new ServerProcess(
    {
      name: "dockerd",
      command: "unshare",
      args: flags(directory, host),
      directory,
      isReady: () =>
        docker("version").then(
          () => true,
          () => false,
        ),
    },
    guardian,
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    guardian.release();
  };
  try {
    await server.start();
    return { directory, docker, stop };
  } catch (error) {
    await stop();
    return `no engine starts: ${error instanceof Error ? error.message : String(error)}`;
  }
};
