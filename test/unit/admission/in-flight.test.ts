import { expect, it } from "vitest";
import { BytesInFlight } from "../../../src/admission/in-flight.ts";

it("takes what fits, to the last byte", () => {
  const inFlight = new BytesInFlight(100);
  expect(inFlight.take(60)).toBe(true);
  expect(inFlight.take(41)).toBe(false);
  expect(inFlight.take(40)).toBe(true);
  expect(inFlight.take(1)).toBe(false);
});

it("books nothing of what it refuses, and has room again for what is released", () => {
  const inFlight = new BytesInFlight(100);
  expect(inFlight.take(101)).toBe(false);
  expect(inFlight.take(100)).toBe(true);
  inFlight.release(30);
  expect(inFlight.take(31)).toBe(false);
  expect(inFlight.take(30)).toBe(true);
});

it("holds six of the largest bodies unless it is told otherwise", () => {
  const inFlight = new BytesInFlight();
  const largest = 20 * 1024 * 1024;
  const taken = Array.from({ length: 7 }, () => inFlight.take(largest));
  expect(taken).toEqual([...Array.from({ length: 6 }, () => true), false]);
});
