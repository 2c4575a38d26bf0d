import type { RegistrationEntry } from "./registration.ts";

/** What becomes of requests of an entry of the registration. */
export interface Handling {
  /** Without an answer. */
  readonly failurePolicy: string;
  /** Where the answer is asked for; "" for none, which is the root. */
  readonly path: string;
}

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: "add" | "replace" | "remove" | "test";
  readonly path: string;
  readonly value?: unknown;
}

/** The path on which the guard refuses nothing. */
const AUDIT = "/audit";

const urlOf = ({ clientConfig: { url } }: RegistrationEntry): URL | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url) : undefined;

/** How an entry is handled; the API server's default where it does not say. */
export const handlingOf = (entry: RegistrationEntry): Handling => ({
  failurePolicy: entry.failurePolicy ?? "Fail",
  path: urlOf(entry)?.pathname ?? entry.clientConfig.service?.path ?? "",
});

/** How requests are handled so that none is refused. A guard too old to know the path gives no answer, which does as well. */
export const inEmergency = ({ path }: Handling): Handling => ({
  failurePolicy: "Ignore",
  path: path.replace(/(\/[^/]*)?$/, AUDIT),
});

/** Whether a guard that answers refuses nothing. */
export const isAudited = ({ path }: Handling): boolean => path.endsWith(AUDIT);

/** Whether nothing is refused that an entry sends, with a guard and without one. */
export const isInEmergency = (handling: Handling): boolean =>
  handling.failurePolicy === "Ignore" && isAudited(handling);

/** How an entry is to be handled after an emergency: as before, but for what somebody has changed since. */
export const afterEmergency = (now: Handling, before: Handling): Handling => ({
  failurePolicy: now.failurePolicy === "Ignore" ? before.failurePolicy : now.failurePolicy,
  path: isAudited(now) ? before.path : now.path,
});

const callAt = (entry: RegistrationEntry, path: string): RegistrationEntry["clientConfig"] => {
  const { clientConfig } = entry;
  const url = urlOf(entry);
  if (url !== undefined) {
    url.pathname = path;
    return { ...clientConfig, url: url.href };
  }
  return clientConfig.service === undefined
    ? clientConfig
    : { ...clientConfig, service: { ...clientConfig.service, path } };
};

/** The entry as it would be with another handling. */
export const withHandling = (entry: RegistrationEntry, { failurePolicy, path }: Handling): RegistrationEntry => ({
  ...entry,
  failurePolicy,
  clientConfig: callAt(entry, path),
});

const pathSteps = (at: string, entry: RegistrationEntry, path: string): readonly PatchStep[] => {
  const { url } = entry.clientConfig;
  if (url !== undefined)
    return [
      { op: "test", path: `${at}/clientConfig/url`, value: url },
      { op: "replace", path: `${at}/clientConfig/url`, value: callAt(entry, path).url },
    ];
  const place = `${at}/clientConfig/service/path`;
  return path === "" ? [{ op: "remove", path: place }] : [{ op: "add", path: place, value: path }];
};

/** The steps that make the entry at `index` be handled so; they fail where another change came in between. */
export const handle = (index: number, entry: RegistrationEntry, { failurePolicy, path }: Handling): PatchStep[] => {
  const at = `/webhooks/${String(index)}`;
  const now = handlingOf(entry);
  return [
    { op: "test", path: `${at}/name`, value: entry.name },
    { op: "test", path: `${at}/failurePolicy`, value: now.failurePolicy },
    { op: "replace", path: `${at}/failurePolicy`, value: failurePolicy },
    ...(path === now.path ? [] : pathSteps(at, entry, path)),
  ];
};
