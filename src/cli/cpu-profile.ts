import { access, constants, stat, writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { DecodeError } from "../model/errors.ts";

/** A profile grows while it is recorded: no file holds more than the last so many milliseconds. */
const LONGEST_MS = 300_000;

/** The process that is asked for its profile. */
const SIGNAL = "SIGUSR2";

/** A profile that is being recorded. */
export interface CpuProfile {
  /** Writes what was recorded last, and records no more. */
  readonly stop: () => Promise<void>;
}

const checkFolder = async (folder: string): Promise<void> => {
  try {
    await access(folder, constants.W_OK);
    if ((await stat(folder)).isDirectory()) return;
  } catch {
    // Said below.
  }
  throw new DecodeError(folder, "expected a folder that can be written to, for CPU profiles");
};

/**
 * Records a CPU profile of this process, and writes it into a folder on SIGUSR2 and when it is stopped: the last five
 * minutes at most, as Chrome's and VS Code's tools read it. Throws DecodeError where the folder cannot be written to.
 */
export const recordCpuProfile = async (folder: string, log: Logger, longestMs = LONGEST_MS): Promise<CpuProfile> => {
  await checkFolder(folder);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  let written = 0;
  const write = async (): Promise<void> => {
    const { profile } = await session.post("Profiler.stop");
    await session.post("Profiler.start");
    const name = `netpol-guard-${String(process.pid)}-${String(++written)}.cpuprofile`;
    const file = join(folder, name);
    try {
      await writeFile(file, JSON.stringify(profile));
      log.info({ file }, "CPU profile written");
    } catch (error) {
      log.error({ err: error, file }, "CPU profile not written");
    }
  };
  /** One at a time: a profile that is stopped twice fails. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.then(work));
  const onSignal = (): void => void inTurn(write);
  process.on(SIGNAL, onSignal);
  const timer = setInterval(() => {
    void inTurn(async () => {
      await session.post("Profiler.stop");
      await session.post("Profiler.start");
    });
  }, longestMs);
  return {
    stop: async () => {
      process.off(SIGNAL, onSignal);
      clearInterval(timer);
      await inTurn(write);
      session.disconnect();
    },
  };
};
