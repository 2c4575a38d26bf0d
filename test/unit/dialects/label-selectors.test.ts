import { describe, expect, it } from "vitest";
import { decodeLabelSelector } from "../../../src/dialects/label-selectors.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import { matchesLabels, unknownReason, type Truth } from "../../../src/model/selectors.ts";

const labels = new Map([
  ["app", "web"],
  ["constructor", "c"],
  ["example.com/role", ""],
]);
const answer = (selector: unknown): Truth => matchesLabels(decodeLabelSelector(selector, "s"), labels);
const expression = (key: string, operator: string, ...values: readonly string[]): unknown => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
});

describe("a selector that can be understood", () => {
  it.each<[string, unknown, Truth]>([
    ["absent", undefined, true],
    ["null", null, true],
    ["empty", {}, true],
    ["with empty parts", { matchLabels: {}, matchExpressions: [] }, true],
    ["with null parts", { matchLabels: null, matchExpressions: null }, true],
    ["matchLabels", { matchLabels: { app: "web" } }, true],
    ["matchLabels that differ", { matchLabels: { app: "api" } }, false],
    ["matchLabels, all of them", { matchLabels: { app: "web", tier: "a" } }, false],
    ["an empty value", { matchLabels: { "example.com/role": "" } }, true],
    ["an empty value of a missing key", { matchLabels: { tier: "" } }, false],
    ["In", expression("app", "In", "api", "web"), true],
    ["In, missing", expression("tier", "In", "a"), false],
    ["NotIn", expression("app", "NotIn", "api"), true],
    ["NotIn that names the value", expression("app", "NotIn", "web"), false],
    ["NotIn, missing", expression("tier", "NotIn", "a"), true],
    ["Exists", expression("example.com/role", "Exists"), true],
    ["Exists, missing", expression("tier", "Exists"), false],
    ["DoesNotExist", expression("app", "DoesNotExist"), false],
    ["DoesNotExist, missing", expression("tier", "DoesNotExist"), true],
    ["a key that is in every object", expression("toString", "Exists"), false],
    ["a label called constructor", { matchLabels: { constructor: "c" } }, true],
    ["both parts", { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    [
      "both parts, one wrong",
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "DoesNotExist" }] },
      false,
    ],
  ])("%s", (_, selector, expected) => {
    expect(answer(selector)).toBe(expected);
  });

  it("reads __proto__ as a key like any other that is none", () => {
    const parsed: unknown = JSON.parse('{"matchLabels": {"__proto__": "web"}}');
    expect(answer(parsed)).toBeUndefined();
  });

  it.each(["a", "A.b_c-d", "0", "a".repeat(63), "x.y/z", `${"p".repeat(253)}/n`])("takes %j for a key", (key) => {
    expect(answer(expression(key, "DoesNotExist"))).toBe(true);
  });
});

describe("a selector that cannot be understood is undecided as a whole", () => {
  it.each<[string, unknown, RegExp]>([
    ["an unknown operator", expression("app", "Like", "web"), /^s\.matchExpressions\[0\]: expected operator .*"Like"$/],
    ["an operator of another case", expression("app", "in", "web"), /expected operator/],
    ["no operator", { matchExpressions: [{ key: "app" }] }, /expected operator/],
    ["In without values", expression("app", "In"), /operator In needs at least one value$/],
    ["NotIn without values", expression("app", "NotIn"), /operator NotIn needs at least one value$/],
    ["Exists with values", expression("app", "Exists", "web"), /operator Exists takes no values$/],
    ["DoesNotExist with values", expression("app", "DoesNotExist", "web"), /operator DoesNotExist takes no values$/],
    [
      "beside a part that does not match",
      { matchLabels: { app: "api" }, matchExpressions: [{ key: "app", operator: "?" }] },
      /matchExpressions\[0\]/,
    ],
    [
      "the second expression",
      {
        matchExpressions: [
          { key: "app", operator: "Exists" },
          { key: "app", operator: "?" },
        ],
      },
      /matchExpressions\[1\]/,
    ],
    ["a bad key", { matchLabels: { "a b": "c" } }, /^s\.matchLabels: expected a label key, found "a b"$/],
    ["a bad value", { matchLabels: { app: "a b" } }, /^s\.matchLabels: expected a label value, found "a b"$/],
    ["a bad value in a list", expression("app", "In", "web", "-"), /expected a label value, found "-"$/],
  ])("%s", (_, selector, reason) => {
    expect(answer(selector)).toBeUndefined();
    expect(unknownReason(decodeLabelSelector(selector, "s"))).toMatch(reason);
  });

  it.each([
    "-a",
    "a-",
    "_",
    "a".repeat(64),
    "/a",
    "a/",
    "a/b/c",
    "A/b",
    "a..b/c",
    "-a/b",
    `${"p".repeat(254)}/n`,
    "ä",
    "a\n",
  ])("the key %j", (key) => {
    expect(answer(expression(key, "DoesNotExist"))).toBeUndefined();
  });

  it.each(["-a", "a-", ".", "a".repeat(64), "a/b", " ", "a\n"])("the value %j", (value) => {
    expect(answer(expression("app", "NotIn", value))).toBeUndefined();
  });
});

describe("what has not the shape of a selector is refused with its path", () => {
  it.each<[unknown, string]>([
    ["app=web", "s"],
    [[], "s"],
    [{ matchLabels: [] }, "s.matchLabels"],
    [{ matchLabels: { app: 1 } }, 's.matchLabels["app"]'],
    [{ matchExpressions: {} }, "s.matchExpressions"],
    [{ matchExpressions: ["app"] }, "s.matchExpressions[0]"],
    [{ matchExpressions: [{ operator: "Exists" }] }, "s.matchExpressions[0].key"],
    [{ matchExpressions: [{ key: 1, operator: "Exists" }] }, "s.matchExpressions[0].key"],
    [{ matchExpressions: [{ key: "app", operator: 1 }] }, "s.matchExpressions[0].operator"],
    [{ matchExpressions: [{ key: "app", operator: "In", values: "web" }] }, "s.matchExpressions[0].values"],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["a", 1] }] }, "s.matchExpressions[0].values[1]"],
    [{ app: "web" }, "s.app"],
  ])("%j", (selector, path) => {
    expect(() => decodeLabelSelector(selector, "s")).toThrow(expect.objectContaining({ path }));
    expect(() => decodeLabelSelector(selector, "s")).toThrow(DecodeError);
  });
});
