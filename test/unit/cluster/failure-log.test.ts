import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { FailureLog } from "../../../src/cluster/failure-log.ts";

const start = () => {
  const lines: unknown[] = [];
  let now = 0;
  const log = new FailureLog(
    pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) }),
    () => now,
  );
  return {
    lines,
    fail: (path: string, cause: string) => {
      log.failed("warn", path, cause, "failed");
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
};

describe("what fails again and again", () => {
  it("is logged at once, and once a minute while the cause stays the same", () => {
    const { lines, fail, pass } = start();
    fail("/pods", "refused");
    expect(lines).toEqual([{ level: 40, path: "/pods", cause: "refused", msg: "failed" }]);
    for (let second = 0; second < 59; second += 1) {
      pass(1000);
      fail("/pods", "refused");
    }
    expect(lines).toHaveLength(1);
    pass(1000);
    fail("/pods", "refused");
    expect(lines).toHaveLength(2);
  });

  it("is logged at once when the cause is another, or the place", () => {
    const { lines, fail } = start();
    fail("/pods", "refused");
    fail("/pods", "no connection");
    fail("/namespaces", "no connection");
    expect(lines).toHaveLength(3);
  });
});
