import { GuardError } from "../../model/errors.ts";

/** The API server was not reached or the connection broke; what had come before is not in doubt. */
export class ConnectionError extends GuardError {}

/** An open watch brought neither an event nor a bookmark for too long. */
export class SilenceError extends ConnectionError {}

/** The API server answered, but not with what was asked for. */
export class ApiError extends GuardError {
  /** HTTP status code. */
  readonly status: number;
  /** Milliseconds that the API server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs: number | undefined) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** One failed attempt to list or watch; `message` is a printable line, `cause` what happened. */
export class ReflectorError extends GuardError {
  /** The path of the resource. */
  readonly path: string;
  /** The HTTP status code, if the API server answered. */
  readonly status: number | undefined;

  constructor(path: string, message: string, cause: unknown) {
    super(message, { cause });
    this.path = path;
    this.status = cause instanceof ApiError ? cause.status : undefined;
  }
}

/** HTTP 410: the resource version or the continue token is no longer known. */
export const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 410;

/** Statuses that say nothing about the request itself: who asks, how often, or the server's own trouble. */
const isPassing = (status: number): boolean => [401, 403, 408, 429].includes(status) || status >= 500;

/**
 * Whether a watch that failed so can go on from the last resource version. All else (410, an event that cannot be
 * read or stored) is in doubt, and only a new list settles it.
 */
export const canResume = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && isPassing(error.status));
