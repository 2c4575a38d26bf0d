import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerReview } from "../../../src/admission/answer.ts";
import { deadlineOf } from "../../../src/admission/deadline.ts";
import type { AdmissionResponse } from "../../../src/admission/respond.ts";
import { watchedSource } from "../../../src/cluster/watched-source.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import { prepare } from "../../../src/guard/guard.ts";
import type { StateSource } from "../../../src/guard/state-source.ts";
import { configured } from "../guard/requests.ts";
import { listed, type StoredObject } from "../cluster/listed.ts";
import { event, stream } from "../cluster/watch/answers.ts";
import { type FakeApiServer, startFakeApiServer } from "../cluster/watch/fake-api-server.ts";
import { PATH_RULE, requestFor } from "./reviews.ts";

// The API server asks about one UPDATE more than once when the object changed under it: first with the old form out of
// its cache, and at last with the one that is replaced.

const soon = { timeout: 10_000, interval: 10 };
const settings = configured(`${PATH_RULE}  - { name: team, type: required-labels, keys: [team], kinds: [Pod] }`);

type Labels = Readonly<Record<string, string>>;

const pod = (name: string, labels: Labels, resourceVersion: string): StoredObject => ({
  kind: "Pod",
  metadata: { namespace: "shop", name, labels: { team: "a", ...labels }, resourceVersion },
});

let server: FakeApiServer;
let source: StateSource;
/** Shows these lines on the watch of pods. */
let show: (...lines: readonly string[]) => void;

const ask = async (labels: Labels, old: Labels, version: string): Promise<AdmissionResponse> => {
  const request = requestFor({
    operation: "UPDATE",
    object: pod("web", labels, "10"),
    oldObject: pod("web", old, version),
  });
  const options = { source, settings: () => settings, past: NO_PAST, checkConfiguration: () => undefined };
  const answer = (await answerReview(
    { ...options, log: pino({ level: "silent" }) },
    { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request },
    deadlineOf("10s"),
    "as configured",
  )) as { readonly response: AdmissionResponse };
  return answer.response;
};

/** As after a conflict: with what the cache had, and with what is there. */
const askTwice = async (labels: Labels, cached: Labels): Promise<readonly AdmissionResponse[]> => [
  await ask(labels, cached, "8"),
  await ask(labels, { app: "backend" }, "10"),
];

const labelsOf = (name: string): object =>
  Object.fromEntries(source.index.endpoint({ kind: "Pod", namespace: "shop", name })?.labels ?? []);
const labelsOfWeb = (): object => labelsOf("web");

/** Shows forms of the pod on the watch, each with its version, and waits until they have come. */
const seen = async (...forms: readonly (readonly [app: string, version: string])[]): Promise<void> => {
  const mark = String(Number(forms.at(-1)?.[1]) + 1);
  show(...forms.map(([app, version]) => event("MODIFIED", "web", version, pod("web", { app }, version))));
  show(event("MODIFIED", "mark", mark, pod("mark", { mark }, mark)));
  await expect.poll(() => labelsOf("mark"), soon).toEqual({ team: "a", mark });
};

beforeEach(async () => {
  server = await startFakeApiServer();
  // Behind what the API server has by now.
  server.onList(listed([pod("web", { app: "backend" }, "7"), pod("db", { role: "db" }, "6")], "7"));
  server.onWatch((response, asked) => {
    stream()(response, asked);
    if (asked.path.endsWith("/pods")) show = (...lines) => void response.write(lines.join(""));
  });
  source = watchedSource({ config: server.kubeConfig, log: pino({ level: "silent" }) });
  await source.firstSync();
  prepare(source.index, settings);
  await expect.poll(() => server.watches.map(({ path }) => path), soon).toContain("/api/v1/pods");
});
afterEach(async () => {
  await source.stop();
  await server.close();
});

describe("an update that is asked about twice, with an older form first", () => {
  it("is refused twice in the same words, whatever the older form had, and nothing of it stays", async () => {
    const alone = await ask({ app: "frontend" }, { app: "backend" }, "10");
    expect(alone).toMatchObject({ allowed: false });
    expect(alone.status?.message).toContain("would let shop/web reach shop/db");
    expect(await askTwice({ app: "frontend" }, { app: "frontend" })).toEqual([alone, alone]);
    expect(labelsOfWeb()).toEqual({ team: "a", app: "backend" });
    expect(source.shown()).toBeUndefined();
  });

  it("is refused where only the older form excused it", async () => {
    const [first, second] = await askTwice({ team: "b" }, { team: "b" });
    expect(first).toMatchObject({ allowed: true });
    expect(second?.status?.message).toContain("would change the label team=a to b");
  });

  it("is admitted twice, and once in the state: until the watch shows it, and not what was before", async () => {
    const [first, second] = await askTwice({ app: "worker" }, { app: "other" });
    expect(first).toMatchObject({ allowed: true });
    expect(second).toEqual(first);
    expect(labelsOfWeb()).toEqual({ team: "a", app: "worker" });
    await seen(["other", "8"], ["backend", "10"]);
    expect(labelsOfWeb()).toEqual({ team: "a", app: "worker" });
    await seen(["later", "12"]);
    expect(labelsOfWeb()).toEqual({ team: "a", app: "later" });
    expect(source.shown()).toBeUndefined();
  });
});
