import { expect, it } from "vitest";
import { cacheFigures, counted } from "../../../src/cluster/cache-figures.ts";
import type { KindStatus } from "../../../src/cluster/readiness.ts";
import { GuardError } from "../../../src/model/errors.ts";

const kind = (currentAt: number, lastEventAt: number): { readonly status: () => KindStatus } => ({
  status: () => ({ path: "", synced: true, currentAt, lastEventAt, answeredAt: 0, error: undefined }),
});
const NONE = { same: 0, changed: 0, failed: 0 };

it("the lag and the last event are those of the kind that is longest behind", () => {
  const figures = cacheFigures([kind(9000, 2000), kind(4000, 3000)], { pendingCount: 7 }, NONE, 10_000);
  expect(figures).toEqual({ lagSeconds: 6, eventAgeSeconds: 8, pendingWrites: 7, confirmations: NONE });
});

it("what was never listed is infinitely late", () => {
  const figures = cacheFigures([kind(10, 10), kind(-Infinity, -Infinity)], { pendingCount: 0 }, NONE, 10);
  expect(figures).toMatchObject({ lagSeconds: Infinity, eventAgeSeconds: Infinity });
});

it("confirmations are counted by how they end, and end as they would have", async () => {
  const counts = { same: 0, changed: 0, failed: 0 };
  const ends = [false, true, false];
  const confirm = counted(counts, () => {
    const end = ends.shift();
    return end === undefined ? Promise.reject(new GuardError("too late")) : Promise.resolve(end);
  });
  expect([await confirm([], 1), await confirm([], 1), await confirm([], 1)]).toEqual([false, true, false]);
  await expect(confirm([], 1)).rejects.toThrow("too late");
  expect(counts).toEqual({ same: 2, changed: 1, failed: 1 });
});
