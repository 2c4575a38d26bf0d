import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerReview } from "../../../src/admission/answer.ts";
import { deadlineOf } from "../../../src/admission/deadline.ts";
import type { AdmissionResponse } from "../../../src/admission/respond.ts";
import { startReJudging } from "../../../src/audit/re-judge.ts";
import { watchedSource } from "../../../src/cluster/watched-source.ts";
import { prepare } from "../../../src/guard/guard.ts";
import { KnownViolations } from "../../../src/guard/known-violations.ts";
import type { StateSource } from "../../../src/guard/state-source.ts";
import { configured } from "../guard/requests.ts";
import { listed, type StoredObject } from "../cluster/listed.ts";
import { event, stream } from "../cluster/watch/answers.ts";
import { type FakeApiServer, startFakeApiServer } from "../cluster/watch/fake-api-server.ts";
import { PATH_RULE, requestFor } from "./reviews.ts";

// Anybody can send a review of what nobody asked an API server for. What is admitted of it is laid over the state, and
// must not make anything pass that would not pass without it.

const soon = { timeout: 10_000, interval: 10 };

type Labels = Readonly<Record<string, string>>;
interface Asked {
  readonly name: string;
  readonly labels: Labels;
  readonly phase?: string;
  readonly mirror?: boolean;
  readonly groups?: readonly string[];
  readonly timeout?: string;
}

let server: FakeApiServer;
let source: StateSource;
let settings: ReturnType<typeof configured>;
let known: KnownViolations;
/** Shows lines on the watch of pods. */
let show: (...lines: readonly string[]) => void;
const log = pino({ level: "silent" });

const start = async (more: string, ...objects: readonly StoredObject[]): Promise<void> => {
  settings = configured(`${more}${PATH_RULE}`);
  known = new KnownViolations({ digest: (key) => key, now: () => Date.now(), remember: () => settings.remember });
  server.onList(listed(objects, "10"));
  source = watchedSource({ config: server.kubeConfig, log });
  await source.firstSync();
  prepare(source.index, settings);
  await expect.poll(() => server.watches.map(({ path }) => path), soon).toContain("/api/v1/pods");
};
const past = { now: () => Date.now(), had: (...of: Parameters<KnownViolations["had"]>) => known.had(...of) };

/** The answer to the creation of a pod; a phase is what no API server would send. */
const create = async (asked: Asked): Promise<AdmissionResponse> => {
  const { name, labels, phase, mirror = false, groups = [], timeout = "10s" } = asked;
  const annotations = mirror ? { "kubernetes.io/config.mirror": "1" } : {};
  const request = requestFor({
    name,
    object: {
      metadata: { namespace: "shop", name, labels, annotations },
      spec: mirror ? { nodeName: "worker" } : {},
      status: { phase },
    },
    userInfo: { username: "somebody", groups },
  });
  const options = { source, settings: () => settings, past, checkConfiguration: () => undefined, log };
  const body = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
  const answer = (await answerReview(options, body, deadlineOf(timeout), "as configured")) as {
    readonly response: AdmissionResponse;
  };
  return answer.response;
};

const database = (resourceVersion: string): StoredObject => ({
  kind: "Pod",
  metadata: { namespace: "shop", name: "db", labels: { role: "db" }, resourceVersion },
});
const DB = database("9");
const frontend = { app: "frontend" };
const WEB: Asked = { name: "web", labels: frontend };

beforeEach(async () => {
  server = await startFakeApiServer();
  server.onWatch((response, asked) => {
    stream()(response, asked);
    if (asked.path.endsWith("/pods")) show = (...lines) => void response.write(lines.join(""));
  });
});
afterEach(async () => {
  await source.stop();
  await server.close();
});

describe("a pod that somebody says a kubelet created, and that runs", () => {
  const MIRROR: Asked = { ...WEB, name: "planted", phase: "Running", mirror: true };
  const plant = async (): Promise<void> => {
    expect(await create({ ...MIRROR, groups: ["system:nodes"] })).toMatchObject({ allowed: true });
  };

  it("makes nothing known", async () => {
    await start("", DB);
    expect(await create({ ...WEB, mirror: true })).toMatchObject({ allowed: false });
    await plant();
    expect(await create({ ...WEB, mirror: true })).toMatchObject({ allowed: false });
  });

  it("has nothing written down", async () => {
    await start("", DB);
    await plant();
    let noted = 0;
    const options = { index: source.index, settings: () => settings, known, past, unsupported: () => [], log };
    const reJudging = startReJudging({
      ...options,
      onNoted: () => {
        noted += 1;
      },
    });
    await expect.poll(() => reJudging.rounds(), soon).toBe(1);
    await reJudging.stop();
    expect([noted, known.lately()]).toEqual([0, []]);
  });
});

it("a pod that could not be judged in the time that its sender gave, and that he says runs, makes nothing known", async () => {
  await start("onUndecided: warn", DB);
  expect(await create(WEB)).toMatchObject({ allowed: false });
  expect(await create({ ...WEB, name: "planted", phase: "Running", timeout: "1ms" })).toMatchObject({ allowed: true });
  expect(await create(WEB)).toMatchObject({ allowed: false });
});

it("a second creation under a name does not hide the first one", async () => {
  await start("");
  expect(await create({ name: "db", labels: { role: "db" } })).toMatchObject({ allowed: true });
  expect(await create({ name: "db", labels: {} })).toMatchObject({ allowed: true });
  const answer = create(WEB);
  show(event("ADDED", "db", "11", database("11")));
  expect(await answer).toMatchObject({ allowed: false });
});
