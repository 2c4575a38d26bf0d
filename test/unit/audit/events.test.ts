import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEvents, type EventLimits, type OffenderEvent, type OffenderEvents } from "../../../src/audit/events.ts";
import type { Finding } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";
import type { Endpoint } from "../../../src/model/objects.ts";
import { stateOf } from "../guard/requests.ts";

const LIMITS: EventLimits = { sameMs: 600_000, everyMs: 40, burst: 3, mostWaiting: 5 };
const soon = { timeout: 10_000, interval: 5 };

const pod = (name: string): Endpoint => {
  const state = stateOf(
    `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: ${name} }, spec: { containers: [] } }`,
  );
  return state.endpoint({ kind: "Pod", namespace: "shop", name })!;
};
const finding = (code: string, message: string): Finding => ({
  code,
  effect: "deny",
  standing: "new",
  kind: "violation",
  message,
  details: ["witness"],
  fix: "mend it",
  docs: "",
  more: 0,
});

let written: (OffenderEvent & { readonly at: number })[];
let failure: GuardError | undefined;
let lines: string[];
let events: OffenderEvents;

const start = (limits: Partial<EventLimits> = {}): OffenderEvents => {
  const write = (event: OffenderEvent): Promise<void> => {
    if (failure !== undefined) return Promise.reject(failure);
    written.push({ ...event, at: performance.now() });
    return Promise.resolve();
  };
  return startEvents({ write }, pino({ base: null }, { write: (line) => void lines.push(line) }), {
    ...LIMITS,
    ...limits,
  });
};
beforeEach(() => {
  [written, lines, failure] = [[], [], undefined];
  events = start();
});
afterEach(() => events.stop());

it("there is one for each rule that an object breaks, with its words", async () => {
  const findings = [finding("lint/a", "a is wrong"), finding("lint/b", "b is wrong")];
  events.slipped(pod("web"), ["lint/a", "lint/b"], findings);
  await expect.poll(() => written.length, soon).toBe(2);
  expect(written.map(({ note }) => note)).toEqual([
    "[lint/a] came past the guard; a is wrong; witness; fix: mend it",
    "[lint/b] came past the guard; b is wrong; witness; fix: mend it",
  ]);
  expect(new Set(written.map(({ digest }) => digest)).size).toBe(2);
  expect(events.counts()).toEqual({ sent: 2, dropped: 0, failed: 0 });
});

it("the same is said once, by replicas under one name", async () => {
  const other = start();
  for (const replica of [events, events, other]) replica.slipped(pod("web"), ["lint/a"], []);
  events.slipped(pod("web-2"), ["lint/a"], []);
  await expect.poll(() => written.length, soon).toBe(3);
  expect(new Set(written.map(({ endpoint, digest }) => `${endpoint.ref.name} ${digest}`)).size).toBe(2);
  await other.stop();
});

it("the same is said again after a while", async () => {
  events = start({ sameMs: 50 });
  events.slipped(pod("web"), ["lint/a"], []);
  await pause(60);
  events.slipped(pod("web"), ["lint/a"], []);
  await expect.poll(() => written.length, soon).toBe(2);
  expect(written[0]?.digest).not.toBe(written[1]?.digest);
});

it("after a burst they go one at a time, and what is too much is dropped and counted", async () => {
  for (let index = 0; index < 50; index++) events.slipped(pod(`web-${String(index)}`), ["lint/a"], []);
  await expect.poll(() => events.counts().sent + events.counts().dropped, soon).toBe(50);
  const { sent, dropped } = events.counts();
  expect(sent).toBeLessThanOrEqual(LIMITS.mostWaiting + 1);
  expect(dropped).toBeGreaterThanOrEqual(44);
  const [first, last] = [written[0]!.at, written.at(-1)!.at];
  const paced = sent - LIMITS.burst - 1;
  // A timer of Node.js may be up to a millisecond early.
  expect(last - first).toBeGreaterThan(paced * (LIMITS.everyMs - 1));
});

it("one that cannot be written is counted and logged, and the others go on", async () => {
  failure = new GuardError("forbidden");
  events.slipped(pod("web"), ["lint/a"], []);
  await expect.poll(() => events.counts().failed, soon).toBe(1);
  expect(lines.join("")).toContain('"cause":"forbidden"');
  failure = undefined;
  events.slipped(pod("web-2"), ["lint/a"], []);
  await expect.poll(() => written.length, soon).toBe(1);
});

it("words are one line of a length that the API server takes, whatever they are", async () => {
  events.slipped(pod("web"), ["lint/a"], [finding("lint/a", `\u001b[31m\nü${"€".repeat(2000)}`)]);
  await expect.poll(() => written.length, soon).toBe(1);
  const { note } = written[0]!;
  expect(note).toMatch(/^\[lint\/a\] came past the guard; \[31m ü€|^\[lint\/a\] came past the guard;  ?\[31m ü€/);
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1000);
  expect(Buffer.byteLength(note)).toBeGreaterThan(990);
});

it("nothing waits for them, and none comes after the end", async () => {
  for (let index = 0; index < 5; index++) events.slipped(pod(`web-${String(index)}`), ["lint/a"], []);
  await events.stop();
  const count = written.length;
  events.slipped(pod("late"), ["lint/a"], []);
  await pause(3 * LIMITS.everyMs);
  expect(written).toHaveLength(count);
  expect(count).toBeLessThan(5);
});
