import { describe, expect, it } from "vitest";
import { sharedRuns } from "../../../src/cluster/shared-runs.ts";

/** Work that ends when it is told to, one run after the other. */
const start = () => {
  const runs: PromiseWithResolvers<number>[] = [];
  const shared = sharedRuns(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  return { runs, shared };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("work that is shared", () => {
  it("begins for the first who asks", async () => {
    const { runs, shared } = start();
    const first = shared();
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(1);
    await expect(first).resolves.toBe(1);
  });

  it("begins anew, once, for all who ask while it runs", async () => {
    const { runs, shared } = start();
    const first = shared();
    const others = [shared(), shared(), shared()];
    await settled();
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(1);
    await first;
    await settled();
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    await expect(Promise.all(others)).resolves.toEqual([2, 2, 2]);
    expect(runs).toHaveLength(2);
  });

  it("goes on after a run that failed", async () => {
    const { runs, shared } = start();
    const first = shared();
    const second = shared();
    runs[0]?.reject(new Error("failed"));
    await expect(first).rejects.toThrow("failed");
    await settled();
    runs[1]?.resolve(2);
    await expect(second).resolves.toBe(2);
    const third = shared();
    await settled();
    runs[2]?.resolve(3);
    await expect(third).resolves.toBe(3);
  });
});
