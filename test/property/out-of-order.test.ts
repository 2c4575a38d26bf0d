import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { runs } from "./runs.ts";
import { NAMES, ToldCluster } from "./told-cluster.ts";

/** Longer than anything that was admitted is kept for: milliseconds. */
const LONG_MS = 1_000_000;

/** Most of what can go wrong takes a dozen steps, between others. */
const LONG = { maxLength: 80, size: "max" } as const;

interface Step {
  readonly text: string;
  readonly run: (cluster: ToldCluster) => void | Promise<void>;
}

const step = (text: string, run: Step["run"]): Arbitrary<Step> => fc.constant({ text, run });

const about = (text: string, run: (cluster: ToldCluster, name: (typeof NAMES)[number]) => void): Arbitrary<Step> =>
  fc.constantFrom(...NAMES).map((name) => ({
    text: `${text} ${name}`,
    run: (cluster) => {
      run(cluster, name);
    },
  }));

const told: readonly Arbitrary<Step>[] = [
  about("put", (cluster, name) => {
    cluster.put(name);
  }),
  about("delete", (cluster, name) => {
    cluster.delete(name);
  }),
  step("other", (cluster) => {
    cluster.other();
  }),
  step("watch", (cluster) => {
    cluster.watch();
  }),
  step("catch up", (cluster) => {
    cluster.catchUp();
  }),
  step("second look", (cluster) => {
    cluster.second();
  }),
  step("end of second look", (cluster) => {
    cluster.endSecond();
  }),
  step("list", (cluster) => cluster.list()),
  about("ask", (cluster, name) => {
    cluster.ask(name);
  }),
  fc.nat(5).map((which) => ({
    text: `answer ${String(which)}`,
    run: (cluster) => {
      cluster.answer(which);
    },
  })),
];

const admitted = about("admit", (cluster, name) => {
  cluster.admit(name);
});

const textOf = (steps: readonly Step[]): string => steps.map(({ text }) => text).join(", ");

it("whatever tells of an object in whatever order, the last form that was told of is held", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...told), LONG), async (steps) => {
      const cluster = new ToldCluster(() => 0);
      for (const [at, { run }] of steps.entries()) {
        await run(cluster);
        for (const name of NAMES)
          expect({ steps: textOf(steps.slice(0, at + 1)), name, form: cluster.held(name) }).toEqual({
            steps: textOf(steps.slice(0, at + 1)),
            name,
            form: cluster.toldOf(name),
          });
      }
    }),
    runs(600),
  );
});

it("what was admitted and never seen leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...told, admitted), LONG), async (steps) => {
      let now = 0;
      const cluster = new ToldCluster(() => now);
      for (const { run } of steps) await run(cluster);
      now = LONG_MS;
      cluster.objects.expire();
      for (const name of NAMES)
        expect({ steps: textOf(steps), name, form: cluster.held(name) }).toEqual({
          steps: textOf(steps),
          name,
          form: cluster.toldOf(name),
        });
    }),
    runs(600),
  );
});
