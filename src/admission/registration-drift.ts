import { differingFields } from "./drift.ts";
import { handlingOf, isAudited, withHandling } from "./registration-entry.ts";
import type { Registration, RegistrationEntry } from "./registration.ts";

/** How far a registration is from the shipped one, in numbers of shipped entries. */
export interface RegistrationDrift {
  /** Those that are there. */
  readonly entries: number;
  /** Those that are not; all of them where there is no registration. */
  readonly missing: number;
  /** Those that send other requests, or send them elsewhere: anything differs but what the other numbers tell. */
  readonly changed: number;
  /** Those that admit without an answer, where the shipped one refuses. */
  readonly failOpen: number;
  /** Those without the CA of the guard's certificate, whose calls fail. */
  readonly withoutCa: number;
  /** Those that ask the guard where it refuses nothing. */
  readonly refusingNothing: number;
}

const isFailOpen = (found: RegistrationEntry, shipped: RegistrationEntry): boolean =>
  handlingOf(found).failurePolicy === "Ignore" && handlingOf(shipped).failurePolicy !== "Ignore";

/** What differs beside what is counted of its own. */
const isChanged = (found: RegistrationEntry, shipped: RegistrationEntry): boolean => {
  const { failurePolicy, path } = handlingOf(found);
  const meant = handlingOf(shipped);
  const alike = withHandling(shipped, {
    failurePolicy: isFailOpen(found, shipped) ? failurePolicy : meant.failurePolicy,
    path: isAudited({ failurePolicy, path }) ? path : meant.path,
  });
  return differingFields(found, alike).length > 0;
};

/** Counts what a registration lacks of the shipped one; undefined: there is none. Entries of others' making count for nothing. */
export const registrationDrift = (registration: Registration | undefined, shipped: Registration): RegistrationDrift => {
  const wanted = shipped.webhooks ?? [];
  const pairs = wanted.flatMap((entry) => {
    const found = registration?.webhooks?.find(({ name }) => name === entry.name);
    return found === undefined ? [] : [{ found, shipped: entry }];
  });
  const count = (is: (pair: (typeof pairs)[number]) => boolean): number => pairs.filter(is).length;
  return {
    entries: pairs.length,
    missing: wanted.length - pairs.length,
    changed: count(({ found, shipped: meant }) => isChanged(found, meant)),
    failOpen: count(({ found, shipped: meant }) => isFailOpen(found, meant)),
    withoutCa: count(({ found }) => (found.clientConfig.caBundle ?? "") === ""),
    refusingNothing: count(({ found }) => isAudited(handlingOf(found))),
  };
};
