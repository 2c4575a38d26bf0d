import { expect, it } from "vitest";
import { registrationDrift, type RegistrationDrift } from "../../../src/admission/registration-drift.ts";
import type { RegistrationEntry } from "../../../src/admission/registration.ts";

const WHOLE: RegistrationDrift = {
  entries: 2,
  missing: 0,
  changed: 0,
  failOpen: 0,
  withoutCa: 0,
  refusingNothing: 0,
};

const entry = (name: string, failurePolicy: "Fail" | "Ignore") => ({
  name,
  failurePolicy,
  clientConfig: { service: { namespace: "netpol-guard", name: "netpol-guard", path: "/validate", port: 443 } },
  namespaceSelector: { matchExpressions: [{ key: "k", operator: "NotIn", values: ["a"] }] },
  rules: [{ resources: ["networkpolicies"] }, { resources: ["pods"] }],
});
const SHIPPED = { webhooks: [entry("policies", "Fail"), entry("pods", "Ignore")] };

const withCa = (found: RegistrationEntry): RegistrationEntry => ({
  ...found,
  clientConfig: { ...found.clientConfig, caBundle: "QQ==" },
});
const installed = SHIPPED.webhooks.map(withCa);

/** The drift when the first entry has these fields instead. */
const driftWith = (fields: object): RegistrationDrift =>
  registrationDrift({ webhooks: [{ ...installed[0]!, ...fields }, installed[1]!] }, SHIPPED);
const service = (fields: object): object => ({
  clientConfig: { caBundle: "QQ==", service: { ...SHIPPED.webhooks[0]!.clientConfig.service, ...fields } },
});

it("of a registration as shipped is none, with what the API server fills in and entries of others", () => {
  const filled = installed.map((found) => ({ ...found, matchPolicy: "Equivalent", objectSelector: {} }));
  expect(registrationDrift({ webhooks: [...filled, withCa(entry("others", "Ignore"))] }, SHIPPED)).toEqual(WHOLE);
});

it("of none at all is that everything is missing", () => {
  for (const registration of [undefined, {}, { webhooks: [] }])
    expect(registrationDrift(registration, SHIPPED)).toEqual({ ...WHOLE, entries: 0, missing: 2 });
});

it.each<readonly [string, object, Partial<RegistrationDrift>]>([
  ["a rule less", { rules: [{ resources: ["pods"] }] }, { changed: 1 }],
  ["a wider exemption", { namespaceSelector: { matchLabels: { guarded: "yes" } } }, { changed: 1 }],
  ["a selector of objects", { objectSelector: { matchLabels: { a: "b" } } }, { changed: 1 }],
  ["a condition that never holds", { matchConditions: [{ name: "no", expression: "false" }] }, { changed: 1 }],
  ["another Service", service({ name: "lenient" }), { changed: 1 }],
  ["another path", service({ path: "/other" }), { changed: 1 }],
  ["a URL in place of the Service", { clientConfig: { caBundle: "QQ==", url: "https://a/validate" } }, { changed: 1 }],
  ["failurePolicy Ignore", { failurePolicy: "Ignore" }, { failOpen: 1 }],
  ["the path where nothing is refused", service({ path: "/audit" }), { refusingNothing: 1 }],
  ["an empty CA", { clientConfig: { ...SHIPPED.webhooks[0]!.clientConfig, caBundle: "" } }, { withoutCa: 1 }],
  ["another name", { name: "renamed" }, { entries: 1, missing: 1 }],
  [
    "an emergency and a rule less",
    { ...service({ path: "/audit" }), failurePolicy: "Ignore", rules: [] },
    { changed: 1, failOpen: 1, refusingNothing: 1 },
  ],
])("of an entry with %s is seen", (_, fields, drift) => {
  expect(driftWith(fields)).toEqual({ ...WHOLE, ...drift });
});

it("of an entry that fails where the shipped one does not is that it differs", () => {
  const strict = { ...installed[1]!, failurePolicy: "Fail" };
  expect(registrationDrift({ webhooks: [installed[0]!, strict] }, SHIPPED)).toEqual({ ...WHOLE, changed: 1 });
});
