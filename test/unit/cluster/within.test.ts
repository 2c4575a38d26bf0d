import { describe, expect, it } from "vitest";
import { within } from "../../../src/cluster/within.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { manualClock } from "./watch/clocks.ts";

const start = () => {
  const clock = manualClock();
  const stopping = new AbortController();
  const signals: AbortSignal[] = [];
  return {
    clock,
    stopping,
    signals,
    run: <T>(work: () => Promise<T>): Promise<T> =>
      within({ clock, stop: stopping.signal }, 1000, "too late", (signal) => {
        signals.push(signal);
        return work();
      }),
  };
};
const never = (): Promise<never> => new Promise(() => undefined);

describe("work that is bounded in time", () => {
  it("is what it resolves to, and leaves nothing behind", async () => {
    const { clock, run } = start();
    await expect(run(() => Promise.resolve(7))).resolves.toBe(7);
    expect(clock.pending).toBe(0);
  });

  it("ends when its time is over", async () => {
    const { clock, run, signals } = start();
    const result = run(never);
    clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    clock.advance(1);
    await expect(result).rejects.toThrow(new GuardError("too late"));
    expect(signals[0]?.aborted).toBe(true);
  });

  it("ends when all ends", async () => {
    const { stopping, run } = start();
    const result = run(never);
    stopping.abort(new GuardError("stopped"));
    await expect(result).rejects.toThrow("stopped");
  });

  it("is told to end what it still does when it has failed", async () => {
    const { run, signals } = start();
    await expect(run(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(signals[0]?.aborted).toBe(true);
  });
});
