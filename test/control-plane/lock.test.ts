import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.ts";

const quick = { beat: 20, stale: 200, look: 10 };

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "netpol-guard-lock-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("withLock", () => {
  it("lets one work at a time", async () => {
    const path = join(directory, "lock");
    const steps: string[] = [];
    const work = async (): Promise<void> => {
      steps.push("enter");
      await pause(50);
      steps.push("leave");
    };
    await Promise.all([withLock(path, work, quick), withLock(path, work, quick)]);
    expect(steps).toEqual(["enter", "leave", "enter", "leave"]);
  });

  it("is free again after a failure", async () => {
    const path = join(directory, "lock");
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });

  it("takes over from a dead process", async () => {
    const path = join(directory, "lock");
    writeFileSync(path, "");
    expect(await withLock(path, () => Promise.resolve("done"), quick)).toBe("done");
  });

  it("waits for a holder that lives, however long it takes", async () => {
    const path = join(directory, "lock");
    const steps: string[] = [];
    const slow = withLock(path, () => pause(2 * quick.stale).then(() => steps.push("slow")), quick);
    await expect.poll(() => existsSync(path)).toBe(true);
    await withLock(path, () => Promise.resolve(steps.push("waiter")), quick);
    await slow;
    expect(steps).toEqual(["slow", "waiter"]);
  });
});
