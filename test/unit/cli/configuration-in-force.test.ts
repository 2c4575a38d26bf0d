import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startConfiguration, type Configuration } from "../../../src/cli/configuration-in-force.ts";

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\nrules: []\n";
const soon = { timeout: 20_000, interval: 50 };

let folder = "";
let file = "";
let configuration: Configuration;
const log = pino({ level: "error" }, { write: () => undefined });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-configuration-"));
  file = join(folder, "config.yaml");
  await writeFile(file, HEAD);
  configuration = await startConfiguration(file, log);
});
afterEach(async () => {
  configuration.stop();
  await rm(folder, { recursive: true });
});

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

it("it is known which one is in force, since when, and whether the file holds it still", async () => {
  const first = configuration.state();
  expect(first).toMatchObject({ digest: digestOf(HEAD), isCurrent: true });
  expect(Math.abs(Date.now() - first.takenAt)).toBeLessThan(20_000);
  await writeFile(file, `${HEAD}nonsense: 1\n`);
  await expect.poll(() => configuration.state().isCurrent, soon).toBe(false);
  expect(configuration.state()).toMatchObject({ digest: digestOf(HEAD), takenAt: first.takenAt });
  await writeFile(file, HEAD);
  await expect.poll(() => configuration.state().isCurrent, soon).toBe(true);
});

it("says how much is logged, until it says so no more", async () => {
  await writeFile(file, `${HEAD}logLevel: debug\n`);
  await expect.poll(() => log.level, soon).toBe("debug");
  await writeFile(file, `${HEAD}mode: warn\n`);
  await expect.poll(() => log.level, soon).toBe("error");
  expect(configuration.settings().mode).toBe("warn");
});
