import { readGauge, type Family } from "./family.ts";

/** What is under way now. */
export const load: Family = (register, sources) => {
  readGauge(
    register,
    "netpol_guard_requests_in_flight",
    "Requests whose bodies are being read or that are being answered.",
    () => sources.load.requests,
  );
  readGauge(
    register,
    "netpol_guard_request_bytes_in_flight",
    "Bytes of request bodies that are held.",
    () => sources.load.bytes,
  );
};
