import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { AdmissionResponse } from "../../src/admission/respond.ts";
import type { Mapping } from "../../src/dialects/manifest.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { reviewOf } from "../demo/review.ts";
import { type Api, connect } from "./api.ts";
import { startGuard } from "./guard-process.ts";
import { guardPlane } from "./guarded.ts";
import { inParallel } from "./in-parallel.ts";
import { apply, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { type Half, meetersOf, meetingOf, pairOf, RACE_CONFIG, worldOf } from "./pairs.ts";
import { post } from "./post.ts";

/** Through the API server, three or four requests each: a minute on two idle cores. */
const STORED = 1000;
/** Sent to the guard itself, which takes what it admitted for stored: half a minute. */
const ASKED = 9000;

/** So many pairs race at a time, each between two namespaces of its own. */
const LANES = 32;

const RACE_MS = 20 * 60_000;

type Outcome = "admitted" | "refused" | "no answer";

/** A machine that does other things, too, may be too slow for the API server's ten seconds: that is no slip. */
const outcomeOf = (code: number, message: string): Outcome =>
  code < 300 ? "admitted" : message.includes("[forbidden-path/sealed] ") ? "refused" : "no answer";

/** How often races ended how. */
const tallied = async (
  pairs: number,
  race: (round: number, lane: number) => Promise<readonly Outcome[]>,
): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  await inParallel(pairs, LANES, async (round, lane) => {
    const outcome = [...(await race(round, lane))].sort().join(", ");
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  });
  return counts;
};

const expectNoSlip = (counts: ReadonlyMap<string, number>, pairs: number): void => {
  expect(counts.get("admitted, admitted") ?? 0).toBe(0);
  expect(counts.get("admitted, refused")).toBeGreaterThan(0.9 * pairs);
};

describeControlPlane("of two requests that are legal alone and not together", {}, () => {
  let plane: ControlPlane;
  let api: Api;
  const file = join(scratchDirectory, "racing.json");

  const ask = async ({ ask: { method, path, body } }: Half): Promise<Outcome> => {
    const answer = await api.send(method, path, body);
    return outcomeOf(answer.code, answer.body.message ?? "");
  };
  /** Takes a request back, which is legal whatever else there is. */
  const takeBack = async ({ undo: { method, path, body } }: Half): Promise<void> => {
    const answer = async (): Promise<number> => (await api.send(method, path, body)).code;
    await expect.poll(answer, { timeout: RACE_MS }).toBe(200);
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await apply(plane, ...Array.from({ length: LANES }, (_, lane) => worldOf(lane)).flat());
    await writeFile(file, JSON.stringify(RACE_CONFIG));
    const stop = await guardPlane(plane, file);
    api = await connect(plane);
    return async () => {
      api.close();
      await stop();
    };
  }, BUILD_AND_START_MS);

  it(
    `one is refused, whatever they are and whichever comes first, in ${String(STORED)} races through the API server`,
    async () => {
      const counts = await tallied(STORED, async (round, lane) => {
        const pair = pairOf(round, lane);
        const outcomes = await Promise.all(pair.map(ask));
        for (const [index, half] of pair.entries()) if (outcomes[index] === "admitted") await takeBack(half);
        return outcomes;
      });
      expectNoSlip(counts, STORED);
    },
    RACE_MS,
  );

  it(
    `one is refused in ${String(ASKED)} races of pods that may meet`,
    async () => {
      await succeed(plane, ["delete", "validatingwebhookconfiguration", "netpol-guard"]);
      await inParallel(ASKED, LANES, async (round) => {
        const { method, path, body } = meetingOf(round, round % LANES);
        expect((await api.send(method, path, body)).code).toBe(201);
      });
      const guard = await startGuard({ config: file, state: ["--kubeconfig", plane.kubeconfig] });
      try {
        const send = async (object: object): Promise<Outcome> => {
          const { body } = await post(guard, JSON.stringify(reviewOf("CREATE", object as Mapping, undefined)));
          const { response } = body as { readonly response: AdmissionResponse };
          return outcomeOf(response.status?.code ?? 200, response.status?.message ?? "");
        };
        const counts = await tallied(ASKED, (round) => Promise.all(meetersOf(round, round % LANES).map(send)));
        expectNoSlip(counts, ASKED);
      } finally {
        await guard.stop();
      }
    },
    RACE_MS,
  );
});
