import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { recordCpuProfile } from "../../../src/cli/cpu-profile.ts";

const soon = { timeout: 10_000, interval: 10 };
const log = pino({ level: "silent" });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-profile-"));
});
afterEach(() => rm(folder, { recursive: true }));

const spin = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

interface Profile {
  /** Microseconds of the clock of `process.hrtime`. */
  readonly startTime: number;
  readonly nodes: readonly { readonly callFrame: { readonly url: string } }[];
}

const profiles = async (): Promise<readonly Profile[]> =>
  Promise.all(
    (await readdir(folder))
      .sort()
      .map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as Profile),
  );

/** Whether time was spent in this file. */
const isHere = ({ nodes }: Profile): boolean =>
  nodes.some(({ callFrame }) => callFrame.url.endsWith("/cpu-profile.test.ts"));

it("a profile is written on SIGUSR2 and at the end", async () => {
  const recording = await recordCpuProfile(folder, log);
  spin(300);
  process.kill(process.pid, "SIGUSR2");
  await expect.poll(() => readdir(folder), soon).toHaveLength(1);
  spin(300);
  await recording.stop();
  const written = await profiles();
  expect(written).toHaveLength(2);
  expect(written.map(isHere)).toEqual([true, true]);
  expect(process.listenerCount("SIGUSR2")).toBe(0);
});

it("what was recorded too long ago is left out", async () => {
  const recording = await recordCpuProfile(folder, log, 20);
  spin(50);
  const before = Number(process.hrtime.bigint() / 1000n);
  await pause(200);
  await recording.stop();
  const [last] = await profiles();
  expect(last?.startTime).toBeGreaterThan(before);
});

it("a folder that cannot be written to is the user's mistake", async () => {
  await expect(recordCpuProfile(join(folder, "none"), log)).rejects.toThrow(/expected a folder that can be written to/);
});
