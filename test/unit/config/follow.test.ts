import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followConfiguration, type FollowedConfiguration } from "../../../src/config/follow.ts";

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\nrules: []\n";
const LOOK_EVERY_MS = 5;
const soon = { timeout: 10_000, interval: 5 };

let folder: string;
let file: string;
let followed: FollowedConfiguration | undefined;
let heard: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-follow-"));
  file = join(folder, "config.yaml");
  heard = [];
});
afterEach(async () => {
  followed?.stop();
  followed = undefined;
  await rm(folder, { recursive: true });
});

/** At once, as the kubelet does it: nobody reads half of it. */
const put = async (text: string): Promise<void> => {
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
};

const follow = async (): Promise<FollowedConfiguration> => {
  followed = await followConfiguration(
    file,
    {
      changed: ({ settings }) => heard.push(settings.mode),
      refused: ({ path, message }) => heard.push(`${path}: ${message}`),
    },
    LOOK_EVERY_MS,
  );
  return followed;
};

describe("a configuration that is followed", () => {
  it("is read at once, or it is an error", async () => {
    await expect(follow()).rejects.toThrow("expected a configuration file");
    await put(`${HEAD}mode: warn`);
    expect((await follow()).settings.mode).toBe("warn");
    expect(heard).toEqual([]);
  });

  it("is told of each time it changes", async () => {
    await put(HEAD);
    await follow();
    await put(`${HEAD}mode: warn`);
    await expect.poll(() => heard, soon).toEqual(["warn"]);
    await put(`${HEAD}mode: audit`);
    await expect.poll(() => heard, soon).toEqual(["warn", "audit"]);
  });

  it("that cannot be read is told of once, with its place, and followed on", async () => {
    await put(HEAD);
    await follow();
    await put(`${HEAD}mode: loud`);
    await expect.poll(() => heard.length, soon).toBe(1);
    expect(heard[0]).toContain(`${file}:4: mode`);
    await rm(file);
    await expect.poll(() => heard.length, soon).toBe(2);
    expect(heard[1]).toContain("expected a configuration file");
    await put(`${HEAD}mode: off`);
    await expect.poll(() => heard.slice(2), soon).toEqual(["off"]);
  });

  it("is not looked at any more once it is stopped", async () => {
    await put(HEAD);
    const { stop } = await follow();
    stop();
    await put(`${HEAD}mode: warn`);
    const next = await follow();
    expect(next.settings.mode).toBe("warn");
    await put(`${HEAD}mode: audit`);
    await expect.poll(() => heard, soon).toEqual(["audit"]);
  });
});
