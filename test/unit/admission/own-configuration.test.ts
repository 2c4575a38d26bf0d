import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { responseOf, reviewFor, UID } from "./reviews.ts";
import { startGuard, type RunningGuard } from "./running-guard.ts";

const GOOD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\nrules: []\n";
const BROKEN = `${GOOD}ruls: []\n`;
const PLACE = "ConfigMap netpol-guard/netpol-guard-config";
const ALLOWED = { uid: UID, allowed: true };

let guard: RunningGuard;

beforeAll(async () => {
  guard = await startGuard();
});
afterAll(() => guard.close());
beforeEach(() => {
  guard.set({ configuration: "rules: []", state: "" });
});

const configMap = (data: object, different: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "netpol-guard", name: "netpol-guard-config" },
  ...data,
  ...different,
});
const text = (yaml: string): object => configMap({ data: { "config.yaml": yaml } });

const ask = async (object: object | null, different: object = {}) => {
  const request = {
    kind: { group: "", version: "v1", kind: "ConfigMap" },
    namespace: "netpol-guard",
    name: "netpol-guard-config",
    object,
    ...different,
  };
  return responseOf(await guard.send(reviewFor(request)));
};
const update = (oldObject: object, object: object) => ask(object, { operation: "UPDATE", oldObject });

describe("a configuration that would not load", () => {
  it("is refused with its line and what was expected", async () => {
    const { allowed, status, auditAnnotations } = await ask(text(BROKEN));
    expect(allowed).toBe(false);
    expect(status).toEqual({
      code: 403,
      reason: "Forbidden",
      message: [
        "",
        `[configuration/invalid] ${PLACE} would not load: config.yaml:4: unknown key "ruls"`,
        "  what is in force stays in force",
        "  fix: put right what is named, and apply it again",
        "  docs: docs/configuration.md",
      ].join("\n"),
    });
    expect(auditAnnotations).toEqual({ decision: "deny", findings: "deny configuration/invalid" });
    expect(guard.log.join("")).toContain(PLACE);
  });

  it("is refused whatever the mode is, on a dry run too", async () => {
    guard.set({ configuration: "mode: audit\nrules: []", state: "", notReady: "the state is not there" });
    expect(await ask(text(BROKEN), { dryRun: true })).toMatchObject({ allowed: false });
  });

  it.each([
    ["without the key", configMap({ data: { "other.yaml": GOOD } })],
    ["without any key", configMap({})],
    ["with an empty text", text("")],
  ])("%s is refused", async (_name, object) => {
    expect((await ask(object)).status?.message).toContain(
      "would not load: expected the key config.yaml with a text, found none",
    );
  });

  it("is found where it is written as binary data", async () => {
    const binary = (yaml: string) => configMap({ binaryData: { "config.yaml": Buffer.from(yaml).toString("base64") } });
    expect(await ask(binary(GOOD))).toEqual(ALLOWED);
    expect((await ask(binary(BROKEN))).status?.message).toContain("config.yaml:4:");
  });

  it("is refused in the place of a good one", async () => {
    expect(await update(text(GOOD), text(BROKEN))).toMatchObject({ allowed: false });
    expect(await update(text(GOOD), configMap({}))).toMatchObject({ allowed: false });
  });
});

describe("what passes", () => {
  it.each([
    ["a good one", () => ask(text(GOOD))],
    ["a good one in the place of a broken one", () => update(text(BROKEN), text(GOOD))],
    ["a broken one of which something else changes", () => update(text(BROKEN), text(BROKEN))],
    ["one without a text of which something else changes", () => update(configMap({}), configMap({}))],
    ["another ConfigMap", () => ask(text(BROKEN), { name: "other" })],
    ["a ConfigMap of that name elsewhere", () => ask(text(BROKEN), { namespace: "shop" })],
    [
      "a ConfigMap of another group",
      () => ask(text(BROKEN), { kind: { group: "a.b", version: "v1", kind: "ConfigMap" } }),
    ],
    ["its deletion", () => ask(null, { operation: "DELETE", oldObject: text(BROKEN) })],
  ])("%s", async (_name, answer) => {
    expect(await answer()).toEqual(ALLOWED);
  });
});
