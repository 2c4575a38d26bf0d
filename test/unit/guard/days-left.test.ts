import { expect, it } from "vitest";
import { daysLeft, lastDayText } from "../../../src/guard/days-left.ts";

const END = Date.parse("2027-02-01T00:00:00Z");

it.each([
  ["2027-01-31T00:00:00Z", 1],
  ["2027-01-31T23:59:59.999Z", 1],
  ["2027-02-01T00:00:00Z", 0],
  ["2027-03-01T12:00:00Z", 0],
  ["2027-01-30T12:00:00Z", 2],
  ["2026-01-31T00:00:00Z", 366],
])("at %s an exception until 2027-01-31 has %i days left", (now, days) => {
  expect(daysLeft(END, Date.parse(now))).toBe(days);
});

it("names the last day", () => {
  expect(lastDayText(END)).toBe("2027-01-31");
});
