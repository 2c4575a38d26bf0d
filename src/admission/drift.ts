import type { RegistrationEntry } from "./registration.ts";

/** So much of a field is shown, of each of the two. */
const MOST_SHOWN = 160;

/** What the API server fills in (https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/validating-webhook-configuration-v1/). */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  failurePolicy: "Fail",
  matchPolicy: "Equivalent",
  timeoutSeconds: 10,
  namespaceSelector: {},
  objectSelector: {},
  matchConditions: [],
};

/** As text in which the order of keys, and keys without a value, make no difference. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const shown = (text = "absent"): string => {
  const runes = [...text];
  return runes.length <= MOST_SHOWN ? text : `${runes.slice(0, MOST_SHOWN - 1).join("")}…`;
};

const fieldsOf = ({ clientConfig, ...fields }: RegistrationEntry): ReadonlyMap<string, string> => {
  const { url, service } = clientConfig;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const all = [...Object.entries(DEFAULTS), ...given, ["calls", url ?? { port: 443, ...service }] as const];
  return new Map(all.map(([key, value]) => [key, canonical(value)]));
};

interface Difference {
  /** Its name; `calls` for where the guard is asked. */
  readonly field: string;
  readonly now: string | undefined;
  readonly meant: string | undefined;
}

const differencesOf = (found: RegistrationEntry, shipped: RegistrationEntry): readonly Difference[] => {
  const [now, meant] = [fieldsOf(found), fieldsOf(shipped)];
  return [...new Set([...meant.keys(), ...now.keys()])]
    .map((field) => ({ field, now: now.get(field), meant: meant.get(field) }))
    .filter((difference) => difference.now !== difference.meant);
};

/** How an entry of a registration differs from the shipped one; one line for each field. The CA belongs to the installation. */
export const differences = (found: RegistrationEntry, shipped: RegistrationEntry): readonly string[] =>
  differencesOf(found, shipped).map(({ field, now, meant }) => `${field} is ${shown(now)}, shipped is ${shown(meant)}`);

/** The names of the fields by which an entry differs from the shipped one; `calls` for where the guard is asked. */
export const differingFields = (found: RegistrationEntry, shipped: RegistrationEntry): readonly string[] =>
  differencesOf(found, shipped).map(({ field }) => field);
