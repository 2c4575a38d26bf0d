import { readGauge, type Family } from "./family.ts";

/** The certificate that is served. */
export const certificate: Family = (register, { certificateEnds }) => {
  readGauge(
    register,
    "netpol_guard_certificate_expiry_timestamp_seconds",
    "When the certificate that is served ends, in seconds since 1970.",
    () => certificateEnds() / 1000,
  );
};
