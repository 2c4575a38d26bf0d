import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const PODS = 200;

/** A small cluster still takes as long as V8 takes to give memory back, and a busy machine longer. */
const TIMEOUT_MS = 120_000;

const positive = expect.toSatisfy((value: unknown) => typeof value === "number" && value > 0);

const times = { rps: positive, p50Ms: positive, p99Ms: positive };

describe("npm run bench -- --json", () => {
  it(
    "prints one JSON object, and has every review allowed",
    async () => {
      const arguments_ = [join(import.meta.dirname, "main.ts"), "--json", "--pods", String(PODS), "--seconds", "0.1"];
      const { stdout } = await promisify(execFile)(process.execPath, arguments_);
      const names = ["pod-known-class", "pod-new-class", "networkpolicy", "namespace-relabel"];
      expect(JSON.parse(stdout)).toEqual({
        floor: times,
        requests: names.map((name) => ({ name, pods: PODS, ...times, ratio: positive })),
        build: [
          { pods: PODS, seconds: positive, residentMiB: positive, longestPauseMs: positive, eventsPerSecond: positive },
        ],
      });
    },
    TIMEOUT_MS,
  );
});
