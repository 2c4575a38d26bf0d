import { beforeEach, describe, expect, it } from "vitest";
import { KnownViolations } from "../../../src/guard/known-violations.ts";
import { ALL_PORTS, portRange, unionPorts } from "../../../src/model/ports.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const MYSQL = portRange(6, 3306, 3306);
const HTTP = portRange(6, 80, 80);

let now = 0;
let remember = WEEK;
let known: KnownViolations;

beforeEach(() => {
  now = 1_000 * WEEK;
  remember = WEEK;
  known = new KnownViolations({ digest: (key) => `#${key}`, now: () => now, remember: () => remember });
});

describe("what a running pod had", () => {
  it("is known for its time, and not a moment longer", () => {
    expect(known.had("a", MYSQL)).toBe(false);
    known.note("a", MYSQL);
    now += WEEK - 1;
    expect(known.had("a", MYSQL)).toBe(true);
    now += 1;
    expect(known.had("a", MYSQL)).toBe(false);
  });

  it("is known for as long as is configured now", () => {
    known.note("a", MYSQL);
    now += HOUR;
    remember = HOUR;
    expect(known.had("a", MYSQL)).toBe(false);
  });

  it("is known on the ports that it had it on, and on no other", () => {
    known.note("a", MYSQL);
    expect(known.had("a", HTTP)).toBe(false);
    expect(known.had("a", ALL_PORTS)).toBe(false);
    known.note("a", HTTP);
    expect(known.had("a", unionPorts(HTTP, MYSQL))).toBe(true);
    expect(known.had("b", MYSQL)).toBe(false);
  });

  it("is worth writing down when it is new, on more ports, or was written down an hour ago", () => {
    expect(known.note("a", MYSQL)).toBe(true);
    expect(known.note("a", MYSQL)).toBe(false);
    expect(known.note("a", HTTP)).toBe(true);
    now += HOUR;
    expect(known.note("a", HTTP)).toBe(true);
    expect(known.note("a", HTTP)).toBe(false);
  });
});

describe("what was kept", () => {
  it("is what still counts, the latest first, under digests", () => {
    known.note("old", MYSQL);
    now += WEEK;
    known.note("a", MYSQL);
    now += 1;
    known.note("b", HTTP);
    expect(known.lately()).toEqual([
      ["#b", { ports: HTTP, ranAt: now }],
      ["#a", { ports: MYSQL, ranAt: now - 1 }],
    ]);
  });

  it("is added to what is known: the later time, and the ports of both", () => {
    known.note("a", MYSQL);
    known.merge([
      ["#a", { ports: HTTP, ranAt: now - HOUR }],
      ["#b", { ports: HTTP, ranAt: now - HOUR }],
      ["#c", { ports: HTTP, ranAt: now - WEEK }],
    ]);
    expect(known.had("a", unionPorts(HTTP, MYSQL))).toBe(true);
    expect([known.had("b", HTTP), known.had("c", HTTP)]).toEqual([true, false]);
    expect(known.lately()).toHaveLength(2);
    now += WEEK - HOUR;
    expect([known.had("a", HTTP), known.had("b", HTTP)]).toEqual([true, false]);
  });

  it("is no more than a process can hold: what was noted first goes first", () => {
    known.note("first", MYSQL);
    known.note("second", MYSQL);
    known.note("first", MYSQL);
    known.merge(Array.from({ length: 199_999 }, (_, i) => [`x${String(i)}`, { ports: HTTP, ranAt: now }] as const));
    expect([known.had("first", MYSQL), known.had("second", MYSQL)]).toEqual([true, false]);
  });
});
