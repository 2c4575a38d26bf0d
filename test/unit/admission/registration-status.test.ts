import { describe, expect, it } from "vitest";
import { EMERGENCY_ANNOTATION } from "../../../src/admission/emergency.ts";
import type { Registration, RegistrationEntry } from "../../../src/admission/registration.ts";
import { entryScopes, registrationStatus } from "../../../src/admission/registration-status.ts";
import { shippedRegistration } from "../../../src/cluster/shipped-registration.ts";
import { matchesLabels } from "../../../src/model/selectors.ts";

const SHIPPED: Registration = await shippedRegistration();
const NAMES = (SHIPPED.webhooks ?? []).map(({ name }) => name);

type Change = (entry: RegistrationEntry) => RegistrationEntry;

/** The shipped registration with one entry changed. */
const changed = (change: Change, name = "policies.netpol-guard.io"): Registration => ({
  ...SHIPPED,
  webhooks: (SHIPPED.webhooks ?? []).map((entry) => (entry.name === name ? change(entry) : entry)),
});
const entryOf = (registration: Registration, name = "policies.netpol-guard.io") =>
  registrationStatus(registration, SHIPPED).entries.find((entry) => entry.name === name);

/** What the API server makes of an entry. */
const defaulted: Change = (entry) => ({ objectSelector: {}, ...entry });

const at = (entry: RegistrationEntry, path: string): RegistrationEntry => {
  const { service } = entry.clientConfig;
  return service === undefined ? entry : { ...entry, clientConfig: { service: { ...service, path } } };
};

describe("a registration", () => {
  it("as it is shipped differs in nothing, and lacks the CA that it is shipped without", () => {
    const { entries, missing, emergency } = registrationStatus(changed(defaulted), SHIPPED);
    expect({ missing, emergency }).toEqual({ missing: [], emergency: undefined });
    expect(
      entries.map(({ name, hasCa, refusesNothing, differences }) => [name, hasCa, refusesNothing, differences]),
    ).toEqual(NAMES.map((name) => [name, false, false, []]));
    expect(entries[0]).toMatchObject({
      failurePolicy: "Fail",
      calls: "Service netpol-guard/netpol-guard:443/validate",
    });
  });

  it("with a CA says so, and that is no difference", () => {
    const withCa = changed((entry) => ({ ...entry, clientConfig: { ...entry.clientConfig, caBundle: "YQ==" } }));
    expect(entryOf(withCa)).toMatchObject({ hasCa: true, differences: [] });
  });

  it.each<[string, Change, string]>([
    [
      "another failurePolicy",
      (entry) => ({ ...entry, failurePolicy: "Ignore" }),
      'failurePolicy is "Ignore", shipped is "Fail"',
    ],
    [
      "other namespaces",
      (entry) => ({ ...entry, namespaceSelector: { matchLabels: { judged: "yes" } } }),
      'namespaceSelector is {"matchLabels":{"judged":"yes"}}, shipped is ',
    ],
    [
      "an objectSelector",
      (entry) => ({ ...entry, objectSelector: { matchLabels: { guard: "on" } } }),
      'objectSelector is {"matchLabels":{"guard":"on"}}, shipped is {}',
    ],
    ["no rules", (entry) => ({ ...entry, rules: [] }), "rules is [], shipped is "],
    ["no conditions", (entry) => ({ ...entry, matchConditions: [] }), "matchConditions is [], shipped is "],
    [
      "a URL in the place of the Service",
      (entry) => ({ ...entry, clientConfig: { url: "https://guard.example/validate" } }),
      'calls is "https://guard.example/validate", shipped is ',
    ],
    ["another path", (entry) => at(entry, "/other"), "calls is "],
  ])("with %s is named as different", (_name, change, difference) => {
    const { differences = [] } = entryOf(changed(change)) ?? {};
    expect(differences).toEqual([expect.stringContaining(difference)]);
    expect([...(differences[0] ?? "")].length).toBeLessThanOrEqual(360);
  });

  it("without an entry, and with another one, says so", () => {
    const [first, ...others] = SHIPPED.webhooks ?? [];
    const registration = { ...SHIPPED, webhooks: [...others, { ...first!, name: "own.example.com" }] };
    expect(registrationStatus(registration, SHIPPED)).toMatchObject({ missing: ["policies.netpol-guard.io"] });
    expect(entryOf(registration, "own.example.com")).toMatchObject({ differences: ["it is not shipped"] });
  });
});

describe("an emergency", () => {
  const during: Change = (entry) => ({ ...at(entry, "/audit"), failurePolicy: "Ignore" });
  const note = JSON.stringify({
    since: "2026-11-21T10:00:00.000Z",
    entries: [{ name: "policies.netpol-guard.io", failurePolicy: "Fail", path: "/validate" }],
  });

  it("is named, and is no difference from what is shipped", () => {
    const registration = { ...changed(during), metadata: { annotations: { [EMERGENCY_ANNOTATION]: note } } };
    expect(registrationStatus(registration, SHIPPED).emergency).toEqual({
      since: "2026-11-21T10:00:00.000Z",
      entries: ["policies.netpol-guard.io"],
    });
    expect(entryOf(registration)).toMatchObject({ failurePolicy: "Ignore", refusesNothing: true, differences: [] });
  });

  it("of which nothing is noted is named too, with what differs", () => {
    const { emergency } = registrationStatus(changed(during), SHIPPED);
    expect(emergency).toEqual({ since: undefined, entries: ["policies.netpol-guard.io"] });
    expect(entryOf(changed(during))?.differences).toHaveLength(2);
  });

  it("of which only the note is left is over", () => {
    const registration = { ...SHIPPED, metadata: { annotations: { [EMERGENCY_ANNOTATION]: note } } };
    expect(registrationStatus(registration, SHIPPED).emergency).toBeUndefined();
  });
});

it("the entries say which namespaces they send requests of, but for the guard's own configuration", () => {
  const scopes = entryScopes(SHIPPED);
  expect(scopes.map(({ name }) => name)).toEqual(NAMES.filter((name) => name !== "config.netpol-guard.io"));
  const sends = (name: string) =>
    scopes.map(({ namespaces }) => matchesLabels(namespaces, new Map([["kubernetes.io/metadata.name", name]])));
  expect(new Set(sends("shop"))).toEqual(new Set([true]));
  expect(new Set(sends("kube-system"))).toEqual(new Set([false]));
});
