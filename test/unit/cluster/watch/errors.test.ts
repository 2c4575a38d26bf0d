import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOfAnswer, errorOfStatus } from "../../../../src/cluster/watch/api-status.ts";
import { errorText, oneLine } from "../../../../src/cluster/watch/error-text.ts";
import {
  ApiError,
  canResume,
  ConnectionError,
  reflectorError,
  SilenceError,
} from "../../../../src/cluster/watch/errors.ts";
import { GuardError } from "../../../../src/model/errors.ts";

describe("what an error says", () => {
  it("is one printable line of bounded length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
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
    expect(oneLine("x".repeat(500))).toBe("x".repeat(500));
    expect(oneLine("x".repeat(501))).toBe(`${"x".repeat(499)}…`);
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
