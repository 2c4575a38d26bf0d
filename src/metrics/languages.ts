import { readGauge, type Family } from "./family.ts";

/** Policies that decide in the cluster and that are not judged. */
export const languages: Family = (register, { unsupported }) => {
  const count = (isThere: boolean): number =>
    unsupported().filter(({ kinds }) => kinds.some(({ doubt }) => doubt === undefined) === isThere).length;
  readGauge(
    register,
    "netpol_guard_unsupported_languages",
    "Policy languages that are not judged and of which there are policies.",
    () => count(true),
  );
  readGauge(
    register,
    "netpol_guard_unsupported_languages_in_doubt",
    "Policy languages that are not judged and of which there may be policies, which could not be found out.",
    () => count(false),
  );
};
