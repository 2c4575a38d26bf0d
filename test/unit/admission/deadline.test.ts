import { describe, expect, it } from "vitest";
import { budgetOf, deadlineOf } from "../../../src/admission/deadline.ts";
import { GuardError } from "../../../src/model/errors.ts";

describe("the budget", () => {
  it.each([
    ["10s", 9500],
    ["5s", 4500],
    ["1s", 500],
    ["1.5s", 1000],
    ["30s", 9500],
    ["1m", 9500],
    ["800ms", 300],
    ["500ms", 0],
    ["1ms", 0],
    ["0s", 0],
  ])("of ?timeout=%s leaves half a second for the way back, and is no longer than its own", (timeout, budget) => {
    expect(budgetOf(timeout)).toBe(budget);
  });

  it.each([undefined, "", "soon", "-5s", "5", "5h", "1m30s ", ["1s", "2s"], null, 7])(
    "of %s, which is no timeout, is its own",
    (timeout) => {
      expect(budgetOf(timeout)).toBe(9500);
    },
  );
});

describe("a deadline", () => {
  it("throws once the budget is used up, again and again", () => {
    let now = 1000;
    const { tick, leftMs } = deadlineOf("2s", () => now);
    expect(tick).not.toThrow();
    expect(leftMs()).toBe(1500);
    now = 2500;
    expect(tick).not.toThrow();
    expect(leftMs()).toBe(0);
    now = 2501;
    expect(leftMs()).toBe(0);
    expect(tick).toThrow(GuardError);
    expect(tick).toThrow("the time for this review was over");
  });

  it("goes by a clock that runs", () => {
    const { tick } = deadlineOf("1ms");
    const begin = performance.now();
    while (performance.now() === begin);
    expect(tick).toThrow(GuardError);
  });
});
