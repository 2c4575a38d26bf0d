import { describe, expect, it } from "vitest";
import { isEarlier, isLater } from "../../../src/cluster/resource-versions.ts";

describe("a resource version", () => {
  it.each([
    ["6", "5"],
    ["10", "9"],
    ["90071992547409930", "90071992547409929"],
    ["1", "0"],
  ])("%s is later than %s", (version, than) => {
    expect([isLater(version, than), isEarlier(than, version)]).toEqual([true, true]);
    expect([isLater(than, version), isEarlier(version, than)]).toEqual([false, false]);
  });

  it("is neither earlier nor later than itself", () => {
    expect([isLater("5", "5"), isEarlier("5", "5")]).toEqual([false, false]);
  });

  it.each([
    ["", "5"],
    ["abc", "5"],
    ["05", "6"],
    ["-1", "5"],
    ["5", ""],
    ["5", "abc"],
  ])("that cannot be compared counts as later: %j and %j", (version, than) => {
    expect([isLater(version, than), isEarlier(version, than)]).toEqual([true, false]);
  });
});
