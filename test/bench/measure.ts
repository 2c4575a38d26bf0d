import type { DevelopmentCertificates } from "../../src/admission/development-certificates.ts";
import { NODE_OPTIONS } from "../../src/cli/heap.ts";
import { startChild, type Child } from "./child-process.ts";
import type { LoadCommands } from "./load/main.ts";
import { REQUEST_KINDS, type RequestKind } from "./load/request-kinds.ts";
import { meanRun, type BuildRow, type RequestRow, type Results, type Run } from "./results.ts";
import type { GuardCommands } from "./servers/guard.ts";
import type { NoOpCommands } from "./servers/no-op.ts";

/** What is measured, and for how long. */
export interface Plan {
  readonly pods: readonly number[];
  /** Of each of the three runs of a row. */
  readonly seconds: number;
  readonly tls: DevelopmentCertificates;
  /** Told what is done next. */
  readonly progress: (text: string) => void;
}

/**
 * Runs before a row is measured, as shares of a run: servers run for months, so compiled code is what counts. The no-op
 * is compiled after its first row; of the guard, each kind of request uses code of its own.
 */
const WARM_UP = { noOp: 0.25, guard: 3 };

interface Server {
  readonly port: number;
  readonly cpuMicros: () => Promise<number>;
}

interface Bench extends Plan {
  readonly load: Child<LoadCommands>;
  readonly noOp: Server;
}

const measureRow = async (bench: Bench, guard: Server, name: RequestKind, pods: number): Promise<RequestRow> => {
  const { load, noOp, tls } = bench;
  const send = async ({ port, cpuMicros }: Server, seconds: number): Promise<Run> => {
    const before = await cpuMicros();
    const run = await load.ask("run", { port, ca: tls.ca, kind: name, pods, seconds });
    return { ...run, cpuMicros: ((await cpuMicros()) - before) / run.answered };
  };
  await send(noOp, bench.seconds * WARM_UP.noOp);
  await send(guard, bench.seconds * WARM_UP.guard);
  const before = await send(noOp, bench.seconds);
  const row = await send(guard, bench.seconds);
  const floor = meanRun([before, await send(noOp, bench.seconds)]);
  return { name, pods, ...row, ratio: row.rps / floor.rps, floor };
};

/** Lists the cluster anew while reviews keep coming; the longest pause. */
const relistUnderLoad = async (
  { load, tls: { ca } }: Bench,
  guard: Child<GuardCommands>,
  port: number,
  pods: number,
): Promise<number> => {
  const sending = load.ask("keepOn", { port, ca, kind: "pod-known-class", pods });
  const [pause] = await Promise.all([guard.ask("relist").finally(() => load.ask("halt")), sending]);
  return pause;
};

const measureSize = async (bench: Bench, pods: number): Promise<readonly [readonly RequestRow[], BuildRow]> => {
  const { progress, tls } = bench;
  const guard = startChild<GuardCommands>("servers/guard.ts", NODE_OPTIONS);
  try {
    progress(`${String(pods)} pods: building`);
    const build = await guard.ask("build", pods);
    const port = await guard.ask("listen", tls);
    const rows: RequestRow[] = [];
    for (const kind of REQUEST_KINDS) {
      progress(`${String(pods)} pods: ${kind}`);
      rows.push(await measureRow(bench, { port, cpuMicros: () => guard.ask("cpuMicros") }, kind, pods));
    }
    progress(`${String(pods)} pods: events and a list`);
    const eventsPerSecond = await guard.ask("follow");
    const longestPauseMs = await relistUnderLoad(bench, guard, port, pods);
    return [rows, { pods, ...build, longestPauseMs, eventsPerSecond }];
  } finally {
    await guard.stop();
  }
};

/** Runs the whole benchmark. Throws when a review is not allowed, or a process ends early. */
export const measure = async (plan: Plan): Promise<Results> => {
  const load = startChild<LoadCommands>("load/main.ts");
  const webhook = startChild<NoOpCommands>("servers/no-op.ts");
  try {
    const noOp = { port: await webhook.ask("listen", plan.tls), cpuMicros: () => webhook.ask("cpuMicros") };
    const requests: RequestRow[] = [];
    const build: BuildRow[] = [];
    for (const pods of plan.pods) {
      const [rows, built] = await measureSize({ ...plan, load, noOp }, pods);
      requests.push(...rows);
      build.push(built);
    }
    return { floor: meanRun(requests.map(({ floor }) => floor)), requests, build };
  } finally {
    await Promise.all([load.stop(), webhook.stop()]);
  }
};
