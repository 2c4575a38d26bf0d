import { describe, expect, it } from "vitest";
import { type Attempts, createAttempts } from "../../../../src/cluster/watch/attempts.ts";
import { ApiError, ConnectionError, SilenceError } from "../../../../src/cluster/watch/errors.ts";
import { manualClock } from "./clocks.ts";

const backOff = { firstMs: 100, longestMs: 1000, longestRetryAfterMs: 1000 };
const broken = new ConnectionError("reset");
const silent = new SilenceError("silent");
const gone = new ApiError("gone", 410, undefined);

const begin = (): Attempts & { readonly clock: ReturnType<typeof manualClock> } => {
  const clock = manualClock();
  const attempts = createAttempts(backOff, clock, () => 0);
  attempts.listed();
  return Object.create(attempts, { clock: { value: clock } });
};

describe("what attempts lead to", () => {
  it("is a list at first, and none when a connection breaks", () => {
    const attempts = createAttempts(backOff, manualClock(), () => 0);
    expect(attempts.needsList).toBe(true);
    attempts.failed(broken);
    expect(attempts.needsList).toBe(true);
    attempts.listed();
    attempts.failed(broken);
    expect(attempts.needsList).toBe(false);
    attempts.failed(gone);
    expect(attempts.needsList).toBe(true);
  });

  it("is forgotten when a watch brings something or lasts", () => {
    const attempts = begin();
    const fails = (): readonly number[] => [broken, broken, broken].map(attempts.failed);
    expect(fails()).toEqual([50, 100, 200]);
    attempts.opened();
    attempts.heard();
    expect(fails()).toEqual([50, 100, 200]);
    attempts.opened();
    attempts.clock.advance(999);
    expect(attempts.failed(broken)).toBe(400);
    attempts.opened();
    attempts.clock.advance(1000);
    expect(attempts.failed(broken)).toBe(50);
  });

  it("is not forgotten for an event before each 410", () => {
    const attempts = begin();
    const waits = [1, 2, 3].map(() => {
      attempts.opened();
      attempts.heard();
      const wait = attempts.failed(gone);
      attempts.listed();
      return wait;
    });
    expect(waits).toEqual([0, 100, 200]);
  });

  it("is a list after the second silence in a row", () => {
    const attempts = begin();
    const silence = (): boolean => {
      attempts.opened();
      attempts.clock.advance(1000);
      expect(attempts.failed(silent)).toBe(0);
      return attempts.needsList;
    };
    expect([silence(), silence()]).toEqual([false, true]);
    attempts.listed();
    expect(silence()).toBe(false);
    attempts.opened();
    attempts.heard();
    expect([silence(), silence()]).toEqual([false, true]);
  });

  it("is the next watch at once when one came to its end, but no faster than the first wait", () => {
    const attempts = begin();
    attempts.opened();
    attempts.heard();
    attempts.clock.advance(30);
    expect(attempts.ended()).toBe(70);
    attempts.opened();
    attempts.clock.advance(1000);
    expect(attempts.ended()).toBe(0);
    attempts.opened();
    attempts.clock.advance(999);
    expect(attempts.ended).toThrow(ConnectionError);
  });
});
