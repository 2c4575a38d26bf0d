import { Gauge } from "prom-client";
import type { Family } from "./family.ts";
import type { RegistrationSource } from "./sources.ts";

const GAUGES: readonly (readonly [name: string, help: string, read: (seen: RegistrationSource) => number])[] = [
  ["entries", "Shipped entries of the registration that are there.", ({ entries }) => entries],
  [
    "entries_missing",
    "Shipped entries of the registration that are not there; all of them where there is none.",
    ({ missing }) => missing,
  ],
  [
    "entries_changed",
    "Entries of the registration that send other requests than the shipped ones, or send them elsewhere.",
    ({ changed }) => changed,
  ],
  [
    "entries_fail_open",
    "Entries of the registration with failurePolicy Ignore, where the shipped ones have Fail.",
    ({ failOpen }) => failOpen,
  ],
  [
    "entries_without_ca",
    "Entries of the registration without a caBundle, whose calls fail.",
    ({ withoutCa }) => withoutCa,
  ],
  [
    "entries_refusing_nothing",
    "Entries of the registration that ask the guard where it refuses nothing: an emergency.",
    ({ refusingNothing }) => refusingNothing,
  ],
  [
    "seen_timestamp_seconds",
    "When the registration was last looked at, in seconds since 1970.",
    ({ seenAt }) => seenAt / 1000,
  ],
];

/** What the cluster sends to the guard, beside what is shipped; without a value before the first look. */
export const registration: Family = (register, { cluster }) => {
  if (cluster === undefined) return;
  for (const [name, help, read] of GAUGES)
    new Gauge({
      name: `netpol_guard_registration_${name}`,
      help,
      registers: [register],
      collect() {
        const seen = cluster.registration();
        if (seen === undefined) this.remove();
        else this.set(read(seen));
      },
    });
};
