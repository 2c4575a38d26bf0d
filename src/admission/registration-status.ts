import { decodeLabelSelector } from "../dialects/label-selectors.ts";
import { CONFIGURATION_ENTRY } from "../guard/installation.ts";
import type { EntryScope } from "../guard/namespace-status.ts";
import type { EntryStatus, RegistrationStatus } from "../guard/status.ts";
import { differences } from "./drift.ts";
import { emergencyOf, entriesInEmergency, type Emergency } from "./emergency.ts";
import { afterEmergency, handlingOf, isAudited, withHandling } from "./registration-entry.ts";
import type { Registration, RegistrationEntry } from "./registration.ts";

const callsOf = ({ clientConfig: { url, service } }: RegistrationEntry): string =>
  url ??
  (service === undefined
    ? "nothing"
    : `Service ${service.namespace}/${service.name}:${String(service.port ?? 443)}${service.path ?? "/"}`);

const entryStatus = (
  entry: RegistrationEntry,
  shipped: RegistrationEntry | undefined,
  emergency: Emergency | undefined,
): EntryStatus => {
  const handling = handlingOf(entry);
  const before = emergency?.entries.find(({ name }) => name === entry.name);
  const meant = before === undefined ? entry : withHandling(entry, afterEmergency(handling, before));
  return {
    name: entry.name,
    failurePolicy: handling.failurePolicy,
    calls: callsOf(entry),
    hasCa: (entry.clientConfig.caBundle ?? "") !== "",
    refusesNothing: isAudited(handling),
    differences: shipped === undefined ? ["it is not shipped"] : differences(meant, shipped),
  };
};

/** What a registration makes of requests, beside the shipped one. */
export const registrationStatus = (registration: Registration, shipped: Registration): RegistrationStatus => {
  const { webhooks = [] } = registration;
  const emergency = emergencyOf(registration);
  const open = entriesInEmergency(registration);
  return {
    entries: webhooks.map((entry) =>
      entryStatus(
        entry,
        shipped.webhooks?.find(({ name }) => name === entry.name),
        emergency,
      ),
    ),
    missing: (shipped.webhooks ?? [])
      .map(({ name }) => name)
      .filter((name) => !webhooks.some((entry) => entry.name === name)),
    emergency: open.length === 0 ? undefined : { since: emergency?.since, entries: open },
  };
};

/** Which namespaces the entries send requests of; the one for the guard's own configuration aside. Throws DecodeError. */
export const entryScopes = ({ webhooks = [] }: Registration): readonly EntryScope[] =>
  webhooks
    .filter(({ name }) => name !== CONFIGURATION_ENTRY)
    .map(({ name, namespaceSelector }) => ({
      name,
      namespaces: decodeLabelSelector(namespaceSelector, `${name}: namespaceSelector`),
    }));
