import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followForeign, LOOK_EVERY_MS, LOOK_MS, type ForeignPolicies } from "../../../../src/cluster/foreign/follow.ts";
import { STALE_MS } from "../../../../src/cluster/foreign/sightings.ts";
import { FOREIGN_LANGUAGES } from "../../../../src/dialects/foreign.ts";
import type { UnsupportedLanguage } from "../../../../src/guard/unsupported.ts";
import { manualClock } from "../watch/clocks.ts";
import { kubeConfigFor } from "../watch/fake-api-server.ts";
import { type KindServer, startKindServer } from "./served-kinds.ts";

const soon = { timeout: 10_000, interval: 5 };
const CILIUM = "/apis/cilium.io/v2/ciliumnetworkpolicies";
const ALL = FOREIGN_LANGUAGES.map(({ name, kinds }) => [name, kinds.map(({ kind }) => `${kind}?`)]);
const cilium = (count: number) => ({ "cilium.io/v2": { ciliumnetworkpolicies: count } });
const FOUND = [["Cilium", ["CiliumNetworkPolicy"]]];
const MAYBE = [["Cilium", ["CiliumNetworkPolicy?"]]];

/** Languages with their kinds; those that only may be there end in a question mark. */
const shortly = (languages: readonly UnsupportedLanguage[]): unknown =>
  languages.map(({ name, kinds }) => [
    name,
    kinds.map(({ kind, doubt }) => `${kind}${doubt === undefined ? "" : "?"}`),
  ]);

let server: KindServer;
let clock: ReturnType<typeof manualClock>;
let changes: unknown[];
let followed: ForeignPolicies;

const follow = async (): Promise<void> => {
  followed = followForeign(server.kubeConfig, (languages) => changes.push(shortly(languages)), clock);
  await followed.firstLook();
};
const now = (): unknown => shortly(followed.languages());
/** Lets the time between two looks pass, and waits for the end of the look that follows. */
const lookAgain = async (): Promise<void> => {
  const questions = server.asked.filter(({ target }) => target === "/apis").length;
  await expect.poll(() => clock.pending, soon).toBe(1);
  clock.advance(LOOK_EVERY_MS);
  await expect.poll(() => server.asked.filter(({ target }) => target === "/apis").length, soon).toBe(questions + 1);
  await expect.poll(() => clock.pending, soon).toBe(1);
};

beforeEach(async () => {
  server = await startKindServer();
  clock = manualClock();
  changes = [];
});
afterEach(async () => {
  await followed.stop();
  await server.close();
});

describe("policies of other languages", () => {
  it("may all be there before the first look", async () => {
    followed = followForeign(server.kubeConfig, () => undefined, clock);
    expect([followed.looked, now()]).toEqual([false, ALL]);
    await followed.firstLook();
    expect([followed.looked, now()]).toEqual([true, []]);
  });

  it("are none where nobody serves them: one question tells", async () => {
    server.serve({ "apps/v1": { deployments: 3 }, "cilium.io/v2": { ciliumidentities: 9 }, "other.io/v1": {} });
    await follow();
    expect(now()).toEqual([]);
    expect(server.asked.map(({ target }) => target)).toEqual(["/apis", "/apis/cilium.io/v2"]);
  });

  it("are none where they are served and there are no objects", async () => {
    server.serve(cilium(0));
    await follow();
    expect(now()).toEqual([]);
  });

  it("are there with the first object, of which only the name is asked for", async () => {
    server.serve(cilium(1000));
    await follow();
    expect(now()).toEqual(FOUND);
    const list = server.asked.at(-1);
    expect(list?.target).toBe(`${CILIUM}?limit=1`);
    expect(list?.accept).toContain("as=PartialObjectMetadataList");
  });

  it("are found in whatever version serves them", async () => {
    server.serve({
      "policy.networking.k8s.io/v1beta7": { clusternetworkpolicies: 1 },
      "policy.networking.k8s.io/v1alpha1": { adminnetworkpolicies: 0, baselineadminnetworkpolicies: 1 },
      "crd.projectcalico.org/v1": { networkpolicies: 0, globalnetworkpolicies: 2, felixconfigurations: 1 },
    });
    await follow();
    expect(now()).toEqual([
      ["Calico", ["GlobalNetworkPolicy"]],
      ["ClusterNetworkPolicy", ["ClusterNetworkPolicy", "BaselineAdminNetworkPolicy"]],
    ]);
  });

  it("are followed as they come and go, and each change is told once", async () => {
    await follow();
    server.serve(cilium(0));
    await lookAgain();
    server.serve(cilium(1));
    await lookAgain();
    expect(now()).toEqual(FOUND);
    await lookAgain();
    server.serve(cilium(0));
    await lookAgain();
    expect(now()).toEqual([]);
    expect(changes).toEqual([[], FOUND, []]);
  });
});

describe("policies of other languages may be there", () => {
  it.each<readonly [string, readonly [number, string]]>([
    ["where their list is refused", [403, JSON.stringify({ kind: "Status", message: "forbidden" })]],
    ["where the answer is no list", [200, JSON.stringify({ kind: "Status", items: [] })]],
    ["where the answer says nothing", [200, "{}"]],
    ["where their list is no JSON", [200, "<html>"]],
    ["where nobody answers for them", [503, "unavailable"]],
  ])("%s", async (_name, answer) => {
    server.serve({ ...cilium(0), "crd.projectcalico.org/v1": { globalnetworkpolicies: 0 } });
    server.override(CILIUM, answer);
    await follow();
    expect(now()).toEqual(MAYBE);
  });

  it("where it cannot be told which resources a version has", async () => {
    server.serve(cilium(0));
    server.override("/apis/cilium.io/v2", [503, ""]);
    await follow();
    expect(now()).toEqual([["Cilium", ["CiliumNetworkPolicy?", "CiliumClusterwideNetworkPolicy?"]]]);
  });

  it.each<readonly [string, readonly [number, string]]>([
    ["where it cannot be told what is served", [403, ""]],
    ["where the answer to that says nothing", [200, "{}"]],
  ])("all of them, %s", async (_name, answer) => {
    server.override("/apis", answer);
    await follow();
    expect(now()).toEqual(ALL);
  });

  it("all of them, where there is no API server", async () => {
    followed = followForeign(kubeConfigFor("http://127.0.0.1:1"), () => undefined, clock);
    await followed.firstLook();
    expect(now()).toEqual(ALL);
    expect(followed.languages()[0]?.kinds[0]?.doubt).toContain("ECONNREFUSED");
  });

  it("where no answer comes in time, and the next look finds them", async () => {
    server.serve(cilium(1));
    server.override(CILIUM, undefined);
    followed = followForeign(server.kubeConfig, () => undefined, clock);
    await expect.poll(() => server.asked.at(-1)?.target, soon).toBe(`${CILIUM}?limit=1`);
    await expect.poll(() => clock.pending, soon).toBe(2);
    clock.advance(LOOK_MS);
    await followed.firstLook();
    expect(now()).toEqual(MAYBE);
    server.mend();
    await lookAgain();
    expect(now()).toEqual(FOUND);
  });

  it("once what was known of them is too old, and not before", async () => {
    server.serve(cilium(0));
    await follow();
    server.override(CILIUM, [503, ""]);
    for (let age = 0; age < STALE_MS; age += LOOK_EVERY_MS) await lookAgain();
    expect(now()).toEqual([]);
    await lookAgain();
    expect(now()).toEqual(MAYBE);
    server.mend();
    await lookAgain();
    expect([now(), changes]).toEqual([[], [[], MAYBE, []]]);
  });

  it("no longer for sure, once that is too old", async () => {
    server.serve(cilium(1));
    await follow();
    server.override("/apis", [500, ""]);
    for (let age = 0; age < STALE_MS; age += LOOK_EVERY_MS) await lookAgain();
    expect(now()).toEqual(FOUND);
    await lookAgain();
    expect(now()).toEqual(ALL);
  });
});

it("a look that is stopped ends at once, and no other follows", async () => {
  server.override("/apis", undefined);
  followed = followForeign(server.kubeConfig, () => changes.push("told"), clock);
  await expect.poll(() => server.asked.length, soon).toBe(1);
  await followed.stop();
  await followed.firstLook();
  expect([clock.pending, changes, followed.looked]).toEqual([0, [], false]);
});
