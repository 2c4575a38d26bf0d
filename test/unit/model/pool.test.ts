import { expect, it } from "vitest";
import { Pool, shared } from "../../../src/model/pool.ts";

it("makes a value once, and hands out the same one again", () => {
  const pool = new Pool<object>();
  const first = pool.get("a", () => ({}));
  expect(pool.get("a", () => expect.fail("made twice"))).toBe(first);
  expect(pool.get("b", () => ({}))).not.toBe(first);
});

it("starts afresh when it is full, so that it never grows without end", () => {
  const pool = new Pool<number>();
  let made = 0;
  const ask = (key: number): number => pool.get(String(key), () => ++made);
  for (let key = 0; key < 50_000; key++) ask(key);
  ask(0);
  expect(made).toBe(50_000);
  ask(50_000);
  ask(0);
  expect(made).toBe(50_002);
});

it("equal texts are handed out as they are", () => {
  expect(shared("spec.ingress[0]")).toBe("spec.ingress[0]");
});
