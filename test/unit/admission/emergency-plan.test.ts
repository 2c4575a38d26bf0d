import { describe, expect, it } from "vitest";
import { EMERGENCY_ANNOTATION, emergencyOf, entriesInEmergency } from "../../../src/admission/emergency.ts";
import { planEmergency, planUndo, type RegistrationPlan } from "../../../src/admission/emergency-plan.ts";
import type { Registration, RegistrationEntry } from "../../../src/admission/registration.ts";
import type { PatchStep } from "../../../src/admission/registration-entry.ts";

type Json = Record<string, unknown>;

const NOW = "2026-11-21T10:00:00.000Z";
const LATER = "2026-11-22T10:00:00.000Z";

const entry = (name: string, failurePolicy: string, clientConfig: object): RegistrationEntry => ({
  name,
  failurePolicy,
  clientConfig,
});
const service = (path?: string): object => ({
  service: { namespace: "netpol-guard", name: "netpol-guard", port: 443, ...(path === undefined ? {} : { path }) },
});
const registered = (...webhooks: readonly RegistrationEntry[]): Registration => ({
  metadata: {},
  webhooks: [...webhooks],
});
const SHIPPED = registered(
  entry("a.netpol-guard.io", "Fail", service("/validate")),
  entry("b.netpol-guard.io", "Ignore", service("/validate")),
);

const step = (root: Json, { op, path, value }: PatchStep): void => {
  const keys = path
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/"));
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Json>((at, key) => at[key] as Json, root);
  if (op === "test") expect(parent[last], path).toEqual(value);
  else if (op === "add") parent[last] = value;
  else {
    expect(parent, path).toHaveProperty([last]);
    if (op === "remove") Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
};

/** The registration after the steps of a plan (RFC 6902, as far as plans use it). */
const after = (registration: Registration, { steps }: RegistrationPlan): Registration => {
  const copy = structuredClone(registration);
  for (const one of steps) step(copy as Json, one);
  return copy;
};
const inEmergency = (registration: Registration, now = NOW) => after(registration, planEmergency(registration, now));
const undone = (registration: Registration) => after(registration, planUndo(registration));
const annotated = (registration: Registration, text: string): Registration => ({
  ...registration,
  metadata: { annotations: { [EMERGENCY_ANNOTATION]: text } },
});

describe("an emergency", () => {
  it("lets every entry be ignored and asked where nothing is refused, and says what it changes", () => {
    const plan = planEmergency(SHIPPED, NOW);
    const to = { failurePolicy: "Ignore", path: "/audit" };
    expect(plan.changes).toEqual([
      { name: "a.netpol-guard.io", from: { failurePolicy: "Fail", path: "/validate" }, to },
      { name: "b.netpol-guard.io", from: { failurePolicy: "Ignore", path: "/validate" }, to },
    ]);
    const changed = after(SHIPPED, plan);
    expect(changed.webhooks).toEqual([
      entry("a.netpol-guard.io", "Ignore", service("/audit")),
      entry("b.netpol-guard.io", "Ignore", service("/audit")),
    ]);
    expect(entriesInEmergency(changed)).toEqual(["a.netpol-guard.io", "b.netpol-guard.io"]);
    expect(emergencyOf(changed)).toEqual({
      since: NOW,
      entries: [
        { name: "a.netpol-guard.io", failurePolicy: "Fail", path: "/validate" },
        { name: "b.netpol-guard.io", failurePolicy: "Ignore", path: "/validate" },
      ],
    });
  });

  it.each([
    ["a path of a Service", service("/validate"), service("/audit")],
    ["no path of a Service", service(), service("/audit")],
    ["a path behind another", service("/guard/validate"), service("/guard/audit")],
    ["a path that is not ours", service("/other"), service("/audit")],
    ["a URL", { url: "https://guard.example:8443/a/validate" }, { url: "https://guard.example:8443/a/audit" }],
    ["a URL without a path", { url: "https://guard.example/" }, { url: "https://guard.example/audit" }],
  ])("goes and comes with %s", (_name, before, during) => {
    const registration = registered(entry("a", "Fail", before));
    const changed = inEmergency(registration);
    expect(changed.webhooks?.[0]?.clientConfig).toEqual(during);
    expect(undone(changed).webhooks).toEqual(registration.webhooks);
  });

  it("is the same when it is declared twice", () => {
    const once = inEmergency(SHIPPED);
    expect(planEmergency(once, LATER)).toEqual({ steps: [], changes: [], leftAlone: [] });
  });

  it("keeps other annotations", () => {
    const registration = { ...SHIPPED, metadata: { annotations: { other: "kept" } } };
    const changed = inEmergency(registration);
    expect(changed.metadata?.annotations).toMatchObject({ other: "kept" });
    expect(undone(changed)).toEqual(registration);
  });

  it.each([
    ["failurePolicy", { failurePolicy: "Fail" }],
    ["path", { clientConfig: service("/validate") }],
    ["failurePolicy and path", { failurePolicy: "Fail", clientConfig: service("/validate") }],
  ])("of which somebody put the %s of an entry back remembers all that was there", (_name, different) => {
    const during = inEmergency(SHIPPED);
    const [first, second] = during.webhooks ?? [];
    const again = inEmergency({ ...during, webhooks: [{ ...first!, ...different }, second!] }, LATER);
    expect(again.webhooks).toEqual(during.webhooks);
    expect(emergencyOf(again)?.since).toBe(NOW);
    expect(undone(again).webhooks).toEqual(SHIPPED.webhooks);
  });

  it("that was put back as a whole is another one when it is declared again", () => {
    const again = inEmergency({ ...inEmergency(SHIPPED), webhooks: SHIPPED.webhooks ?? [] }, LATER);
    expect(emergencyOf(again)?.since).toBe(LATER);
    expect(undone(again).webhooks).toEqual(SHIPPED.webhooks);
  });

  it("believes no note of an emergency that is over", () => {
    const milder = (SHIPPED.webhooks ?? []).map((webhook) => ({ ...webhook, failurePolicy: "Ignore" }));
    const again = inEmergency({ ...inEmergency(SHIPPED), webhooks: milder }, LATER);
    expect(undone(again).webhooks).toEqual(milder);
  });

  it("is declared over an annotation that nobody can read", () => {
    const changed = inEmergency(annotated(SHIPPED, "{"));
    expect(entriesInEmergency(changed)).toHaveLength(2);
    expect(emergencyOf(changed)?.since).toBe(NOW);
  });

  it("fails in its patch when another change came in between", () => {
    const { steps } = planEmergency(SHIPPED, NOW);
    const moved = registered(...[...(SHIPPED.webhooks ?? [])].reverse());
    expect(() => after(moved, { steps, changes: [], leftAlone: [] })).toThrow("/webhooks/0/name");
  });
});

describe("its end", () => {
  it("puts everything back", () => {
    const during = inEmergency(SHIPPED);
    expect(planUndo(during).changes.map(({ name, to }) => [name, to])).toEqual([
      ["a.netpol-guard.io", { failurePolicy: "Fail", path: "/validate" }],
      ["b.netpol-guard.io", { failurePolicy: "Ignore", path: "/validate" }],
    ]);
    expect(undone(during)).toEqual({ ...SHIPPED, metadata: { ...SHIPPED.metadata, annotations: {} } });
  });

  it("is nothing where there is no emergency", () => {
    expect(planUndo(SHIPPED)).toEqual({ steps: [], changes: [], leftAlone: [] });
    expect(planUndo(undone(inEmergency(SHIPPED))).steps).toEqual([]);
  });

  it("leaves alone what was put back or taken away meanwhile", () => {
    const during = inEmergency(SHIPPED);
    const changed = { ...during, webhooks: [entry("a.netpol-guard.io", "Fail", service("/validate"))] };
    expect(planUndo(changed)).toMatchObject({ changes: [], leftAlone: ["a.netpol-guard.io", "b.netpol-guard.io"] });
    expect(undone(changed)).toEqual({ ...changed, metadata: { ...SHIPPED.metadata, annotations: {} } });
  });

  it("keeps what somebody changed meanwhile", () => {
    const during = inEmergency(SHIPPED);
    const [, second] = during.webhooks ?? [];
    const changed = { ...during, webhooks: [entry("a.netpol-guard.io", "Ignore", service("/v2")), second!] };
    expect(undone(changed).webhooks).toEqual([
      entry("a.netpol-guard.io", "Fail", service("/v2")),
      entry("b.netpol-guard.io", "Ignore", service("/validate")),
    ]);
  });

  it("cannot be guessed without the annotation", () => {
    const { webhooks = [] } = inEmergency(SHIPPED);
    expect(() => planUndo(registered(...webhooks))).toThrow(
      /^metadata\.annotations\["netpol-guard\.io\/emergency"\]: expected what a\.netpol-guard\.io, b\.netpol-guard\.io had before the emergency, found nothing; apply the shipped registration instead$/,
    );
  });

  it.each(["{", "7", "{}", '{"since":"x","entries":[{"name":"a","failurePolicy":"Never","path":"/"}]}'])(
    "cannot be guessed from the annotation %s",
    (text) => {
      const during = annotated(inEmergency(SHIPPED), text);
      expect(() => planUndo(during)).toThrow(/expected what was there before the emergency, found something else/);
      expect(emergencyOf(during)).toBeUndefined();
    },
  );
});
