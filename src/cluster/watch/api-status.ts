import { STATUS_CODES } from "node:http";
import { field, type Mapping } from "../../dialects/manifest.ts";
import { oneLine } from "./error-text.ts";
import { ApiError } from "./errors.ts";

const MS = 1000;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Kubernetes sends seconds in both places; a date, which a proxy might send, counts as absent. */
const retryAfterMs = (seconds: unknown): number | undefined => {
  const text = typeof seconds === "number" ? String(seconds) : seconds;
  return typeof text === "string" && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) * MS : undefined;
};

const apiError = (code: number, message: string, retryMs: number | undefined): ApiError => {
  const title = `${String(code)} ${STATUS_CODES[code] ?? "unknown status"}`;
  const said = oneLine(message);
  // "401 Unauthorized: Unauthorized" would say it twice.
  return new ApiError(said === "" || title.endsWith(` ${said}`) ? title : `${title}: ${said}`, code, retryMs);
};

/** The error that a Status object stands for, as an ERROR event of a watch brings it: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export const errorOfStatus = (status: unknown): ApiError => {
  const mapping = isMapping(status) ? status : {};
  const code = field(mapping, "code");
  const message = field(mapping, "message");
  const details = field(mapping, "details");
  return apiError(
    typeof code === "number" ? code : 500,
    typeof message === "string" ? message : "",
    isMapping(details) ? retryAfterMs(field(details, "retryAfterSeconds")) : undefined,
  );
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // a proxy, and the API server when it is overloaded, answer in plain text
  }
};

/** The error that an answer other than 200 stands for: its body a Status object or any text, `retryAfter` its header. */
export const errorOfAnswer = (code: number, body: string, retryAfter: string | undefined): ApiError => {
  const status = parsed(body);
  const message = isMapping(status) ? field(status, "message") : body;
  return apiError(code, typeof message === "string" ? message : "", retryAfterMs(retryAfter));
};
