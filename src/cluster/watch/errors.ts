import { GuardError } from "../../model/errors.ts";

/** The API server was not reached or the connection broke; what had come before is not in doubt. */
export class ConnectionError extends GuardError {}

/** An open watch brought neither an event nor a bookmark for too long. */
export class SilenceError extends ConnectionError {}

/** The API server answered, but not with what was asked for. */
export class ApiError extends GuardError {
  /** HTTP status code. */
  readonly code: number;
  /** Milliseconds that the API server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, code: number, retryAfterMs: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Why an attempt to list or watch failed, in one printable line; its `cause` is what happened. It is a ConnectionError
 * or an ApiError, or else a plain GuardError: what came could not be read, or the sink did not take it.
 */
export type ReflectorError = ConnectionError | ApiError | GuardError;

/** An error of the same kind as `cause` that says `message`. */
export const reflectorError = (message: string, cause: unknown): ReflectorError => {
  if (cause instanceof ApiError) return new ApiError(message, cause.code, cause.retryAfterMs, { cause });
  if (cause instanceof SilenceError) return new SilenceError(message, { cause });
  if (cause instanceof ConnectionError) return new ConnectionError(message, { cause });
  return new GuardError(message, { cause });
};

/** HTTP 410: the resource version or the continue token is no longer known. */
export const isGone = (error: unknown): boolean => error instanceof ApiError && error.code === 410;

/** Statuses that say nothing about the request itself: who asks, how often, or the server's own trouble. */
const isPassing = (code: number): boolean => [401, 403, 408, 429].includes(code) || code >= 500;

/**
 * Whether a watch that failed so can go on from the last resource version. All else (410, an event that cannot be
 * read or stored) is in doubt, and only a new list settles it.
 */
export const canResume = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && isPassing(error.code));
