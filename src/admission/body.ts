import type { IncomingMessage } from "node:http";
import { GuardError } from "../model/errors.ts";
import type { BytesInFlight } from "./in-flight.ts";

/**
 * etcd takes objects of 1.5 MiB; a review holds two of them, and the API server writes some characters (`<`) as six: 18 MiB.
 * What is longer goes unjudged where an entry of the registration ignores failures.
 */
const BODY_BYTES = 20 * 1024 * 1024;

/** A body that cannot be taken, with the HTTP status that says so. */
export class BodyError extends GuardError {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const tooLarge = (): BodyError =>
  new BodyError(413, `expected a body of at most ${String(BODY_BYTES)} bytes, found a longer one`);

/**
 * Reads a request's body. What arrives is booked in `inFlight`, not what is announced: a sender who only promises a body
 * takes nobody's place. `booked` is told of each booking, which the caller releases.
 */
export const readBody = (
  message: IncomingMessage,
  inFlight: BytesInFlight,
  booked: (bytes: number) => void,
  done: (error: Error | null, body?: Buffer) => void,
): void => {
  if (Number(message.headers["content-length"]) > BODY_BYTES) {
    done(tooLarge());
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = (error: Error | null): void => {
    message.off("data", take).off("end", finish).off("error", end);
    if (error === null) done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    else done(error);
  };
  const finish = (): void => {
    end(null);
  };
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) end(tooLarge());
    else if (!inFlight.take(chunk.length)) end(new BodyError(503, "too many requests are under way; try again"));
    else {
      booked(chunk.length);
      chunks.push(chunk);
    }
  };
  message.on("data", take).on("end", finish).on("error", end);
};
