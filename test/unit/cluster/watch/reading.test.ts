import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOfAnswer, errorOfStatus } from "../../../../src/cluster/watch/api-status.ts";
import { waitMs } from "../../../../src/cluster/watch/back-off.ts";
import { errorText, oneLine } from "../../../../src/cluster/watch/error-text.ts";
import {
  ApiError,
  canResume,
  ConnectionError,
  reflectorError,
  SilenceError,
} from "../../../../src/cluster/watch/errors.ts";
import { linesOf, readText, TooLargeError } from "../../../../src/cluster/watch/response-body.ts";
import { GuardError } from "../../../../src/model/errors.ts";
import { identityOf, targetOf } from "../../../../src/cluster/watch/watched-resource.ts";

const line = fc.string({ unit: "binary" }).filter((text) => !text.includes("\n"));

/** `text` in pieces whose sizes `sizes` gives in turn. */
async function* pieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    await Promise.resolve();
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const read: T[] = [];
  for await (const value of values) read.push(value);
  return read;
};

describe("lines", () => {
  it("are the same wherever the network cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (lines, sizes) => {
          const read = await all(linesOf(pieces(lines.map((text) => `${text}\n`).join(""), sizes), 1000));
          expect(read.flat()).toEqual(lines.map((text) => Buffer.from(text).toString()));
        },
      ),
    );
  });

  it("are bounded", async () => {
    await expect(all(linesOf(pieces("x".repeat(11), [4]), 10))).rejects.toThrow(TooLargeError);
    await expect(readText(pieces("x".repeat(11), [4]), 10)).rejects.toThrow(TooLargeError);
    await expect(all(linesOf(pieces(`${"x".repeat(10)}\n`.repeat(5), [4]), 10))).resolves.toHaveLength(5);
  });

  it("are not lost when the end is not that of a line", async () => {
    await expect(all(linesOf(pieces("one\ntwo", [100]), 100))).rejects.toThrow(ConnectionError);
  });
});

describe("the wait after a failure", () => {
  const backOff = { firstMs: 500, longestMs: 10_000, longestRetryAfterMs: 30_000 };

  it("doubles, never beyond its bound, with jitter", () => {
    const at = (random: number): readonly number[] =>
      [1, 2, 3, 4, 5, 6, 60, 2000].map((n) => waitMs(n, undefined, () => random, backOff));
    expect(at(0)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    expect(at(0.5)).toEqual([375, 750, 1500, 3000, 6000, 7500, 7500, 7500]);
  });

  it("is no shorter than what the API server asks for, within bounds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(1e8),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, asked, random) => {
          const wait = waitMs(failures, new ApiError("429", 429, asked), () => random, backOff);
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked, backOff.longestRetryAfterMs));
          expect(wait).toBeLessThanOrEqual(backOff.longestRetryAfterMs * 1.25);
        },
      ),
    );
  });
});

describe("what an error says", () => {
  it("is one printable line of bounded length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        const said = oneLine(text);
        expect(said).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(said.length).toBeLessThanOrEqual(500);
      }),
    );
  });

  it("is never empty and never a stack", () => {
    expect(errorText(new AggregateError([new Error("connect ::1"), new Error("connect 127.0.0.1")]))).toBe(
      "connect ::1; connect 127.0.0.1",
    );
    expect(errorText(Object.assign(new Error(), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
    expect(errorText(new TypeError())).toBe("TypeError");
    expect(errorText("text")).toBe("text");
  });

  it.each([
    [403, '{"kind":"Status","message":"no"}', undefined, "403 Forbidden: no", undefined],
    [
      429,
      "Too many requests, please try again later.",
      "1",
      "429 Too Many Requests: Too many requests, please try again later.",
      1000,
    ],
    [401, '{"kind":"Status","message":"Unauthorized"}', undefined, "401 Unauthorized", undefined],
    [502, "<html>\n<h1>Bad</h1>", "-1", "502 Bad Gateway: <html> <h1>Bad</h1>", undefined],
    [500, '["no status"]', "0", '500 Internal Server Error: ["no status"]', undefined],
    [599, "", undefined, "599 unknown status", undefined],
  ])("is the answer %d %s", (code, body, retryAfter, message, retryAfterMs) => {
    expect(errorOfAnswer(code, body, retryAfter)).toMatchObject({ code, message, retryAfterMs });
  });

  it.each([
    [{ code: 410, message: "too old" }, "410 Gone: too old", undefined],
    [{ code: 504, message: "slow", details: { retryAfterSeconds: 2 } }, "504 Gateway Timeout: slow", 2000],
    [{}, "500 Internal Server Error", undefined],
    [null, "500 Internal Server Error", undefined],
    [[], "500 Internal Server Error", undefined],
  ])("is the status %j", (status, message, retryAfterMs) => {
    expect(errorOfStatus(status)).toMatchObject({ message, retryAfterMs });
  });

  it("keeps the kind of error", () => {
    const causes = [new ApiError("a", 403, 1), new SilenceError("b"), new ConnectionError("c"), new TypeError("d")];
    const errors = causes.map((cause) => reflectorError("said", cause));
    expect(errors.map(({ message, cause }) => [message, cause])).toEqual(causes.map((cause) => ["said", cause]));
    expect(errors[0]).toMatchObject({ code: 403, retryAfterMs: 1 });
    expect(errors.map(({ constructor }) => constructor)).toEqual([ApiError, SilenceError, ConnectionError, GuardError]);
  });

  it("decides whether a watch can go on", () => {
    const going = [401, 403, 408, 429, 500, 503].map((status) => new ApiError("a", status, undefined));
    const ended = [400, 404, 410].map((status) => new ApiError("a", status, undefined));
    expect([...going, new ConnectionError("b"), new SilenceError("c")].every(canResume)).toBe(true);
    expect([...ended, new TypeError("d"), undefined].some(canResume)).toBe(false);
  });
});

describe("objects", () => {
  it("are known by kind, namespace, name and uid", () => {
    expect(identityOf({ kind: "Namespace", metadata: { name: "shop" } })).toEqual({
      kind: "Namespace",
      namespace: "",
      name: "shop",
      uid: "",
    });
    expect(() => identityOf({ metadata: { name: "shop" } })).toThrow("kind: expected a name");
    expect(() => identityOf({ kind: "Pod", metadata: {} })).toThrow("metadata.name: expected a name");
  });

  it("are asked for under their path", () => {
    expect(targetOf("/api/v1/pods?labelSelector=a%3Db", { continue: "x+/=" })).toBe(
      "/api/v1/pods?labelSelector=a%3Db&continue=x%2B%2F%3D",
    );
  });
});
