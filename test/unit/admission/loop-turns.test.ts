import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { LoopTurns } from "../../../src/admission/loop-turns.ts";

/** Turns of 5 ms on a clock that work moves on. */
const turnsOf = (): { turns: LoopTurns; begun: string[]; add: (name: string, ms: number) => Promise<string> } => {
  let now = 0;
  const begun: string[] = [];
  const turns = new LoopTurns(5, () => now);
  const add = (name: string, ms: number): Promise<string> =>
    turns.run(() => {
      begun.push(name);
      now += ms;
      return Promise.resolve(name);
    });
  return { turns, begun, add };
};

it("begins work at once while a turn has time left", async () => {
  const { begun, add } = turnsOf();
  const all = [add("a", 2), add("b", 2), add("c", 2)];
  expect(begun).toEqual(["a", "b", "c"]);
  expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
});

it("leaves to the next turns what comes after, in its order, with others heard in between", async () => {
  const { begun, add } = turnsOf();
  const all = ["a", "b", "c", "d", "e"].map((name) => add(name, 3));
  expect(begun).toEqual(["a", "b"]);
  await nextTurn();
  expect(begun).toEqual(["a", "b", "c", "d"]);
  const late = add("f", 3);
  expect(begun).toEqual(["a", "b", "c", "d"]);
  await nextTurn();
  expect(begun).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(await Promise.all([...all, late])).toEqual(["a", "b", "c", "d", "e", "f"]);
});

it("begins one in every turn, however long the ones before took", async () => {
  const { begun, add } = turnsOf();
  const all = ["a", "b", "c"].map((name) => add(name, 100));
  for (const expected of [["a"], ["a", "b"], ["a", "b", "c"]]) {
    expect(begun).toEqual(expected);
    await nextTurn();
  }
  await Promise.all(all);
});

it("gives a turn that comes later its own time", async () => {
  const { begun, add } = turnsOf();
  await add("a", 100);
  await nextTurn();
  const all = [add("b", 4), add("c", 4)];
  expect(begun).toEqual(["a", "b", "c"]);
  await Promise.all(all);
});

it("hands an error to whoever asked, and goes on with the next", async () => {
  const { turns, begun, add } = turnsOf();
  const first = add("a", 100);
  const failed = turns.run(() => Promise.reject(new Error("no review")));
  const last = add("b", 1);
  await expect(failed).rejects.toThrow("no review");
  expect(await Promise.all([first, last])).toEqual(["a", "b"]);
  expect(begun).toEqual(["a", "b"]);
});
