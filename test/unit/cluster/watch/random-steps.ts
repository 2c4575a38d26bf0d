import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { event, goodEnd, reset } from "./answers.ts";
import type { FakeCluster } from "./fake-cluster.ts";

/** Something that happens to a cluster; `text` is how a counterexample prints it. */
export interface Step {
  readonly text: string;
  readonly run: (cluster: FakeCluster) => Promise<void> | undefined;
}

const step = (text: string, happen: (cluster: FakeCluster) => void): Step => ({
  text,
  run: (cluster) => {
    happen(cluster);
    return undefined;
  },
});

const idle = (turns: number): Step => ({
  text: `idle ${String(turns)}`,
  run: async () => {
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  },
});

const names = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
const half = event("MODIFIED", "a", "999999").slice(0, 40);

const faults: readonly Step[] = [
  step("reset", (cluster) => {
    cluster.end("", reset);
  }),
  step("end", (cluster) => {
    cluster.end("", goodEnd);
  }),
  step("half a line and reset", (cluster) => {
    cluster.end(half, reset);
  }),
  step("half a line and end", (cluster) => {
    cluster.end(half, goodEnd);
  }),
  step("nonsense", (cluster) => {
    cluster.end("nonsense\n", goodEnd);
  }),
  step("410", (cluster) => {
    cluster.expire();
  }),
  step("compact", (cluster) => {
    cluster.compact();
  }),
];

const refuse = (count: number): Step =>
  step(`refuse ${String(count)}`, (cluster) => {
    cluster.failing = count;
  });

const put = (name: string): Step =>
  step(`put ${name}`, (cluster) => {
    cluster.put(name);
  });

const remove = (name: string): Step =>
  step(`delete ${name}`, (cluster) => {
    cluster.delete(name);
  });

/** What happens: most of it to the pods, the rest to the connection, with time to notice some of it. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: names.map(put) },
    { weight: 3, arbitrary: names.map(remove) },
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }).map(idle) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map(refuse) },
    { weight: 3, arbitrary: fc.constantFrom(...faults) },
  ),
  { maxLength: 60 },
);
